// SPDX-License-Identifier: Apache-2.0
// Nonlinear interference of one span: the Gaussian-noise model in closed form.
#pragma once

#include <vector>

#include "optics/line/line.hpp"

namespace fs {

/// Noise that the Kerr effect adds to each wave in one span, in watts within the wave's own symbol rate, counted at the
/// span's input like the powers; spans add incoherently.
///
///   G_i = 16/27 gamma^2 Leff^2 sum over n of G_n^2 G_i (2 - [n = i]) psi(n, i)
///   psi(i, i) = asinh(pi^2/2 |beta2| La R_i^2) / (2 pi |beta2| La)
///   psi(n, i) = (asinh(pi^2 La |beta2| R_i (|f_n - f_i| + R_n/2)) - asinh(... - R_n/2)) / (4 pi |beta2| La)
///
/// with G = P / R, La = 1 / alpha, Leff = (1 - exp(-alpha L)) / alpha: P. Poggiolini, G. Bosco, A. Carena, V. Curri,
/// Y. Jiang, F. Forghieri, "The GN-Model of Fiber Non-Linear Propagation and its Applications", Journal of Lightwave
/// Technology 32 (2014) 694, section on closed-form approximations.
/// `watts` are the waves' powers at the span's input connector, one for each of `waves`.
std::vector<double> nonlinear_noise(const FibreSpan& span, const std::vector<Wave>& waves,
                                    const std::vector<double>& watts);

}  // namespace fs
