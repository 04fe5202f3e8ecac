// SPDX-License-Identifier: Apache-2.0
// Neighbours that break the protocol: an assertion of the RTL names it at the edge where it happens, what is harmful
// is discarded, and legal traffic of others goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "common/random.hpp"
#include "rtl_side.hpp"
#include "shape.hpp"

namespace fs::lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The RTL on its own: routes straight through, credit for every VC of every output.
class Hostile : public testing::Test {
 protected:
  Hostile() {
    for (int k = 0; k < 2; ++k) {
      in_ = InputPins(config_.ports, config_.vcs);
      in_.rst_n = false;
      edge();
    }
    for (int d = 0; d < config_.destinations; ++d) {
      if (d == unrouted_) continue;
      in_.route = RoutePins{0, d, {{static_cast<PortId>(d)}, 7, 0, RouteMode::hashed}};
      edge();
    }
    for (int k = 0; k < shape().peer_depth; ++k) {
      for (auto& bit : in_.tx_credit) bit = 1;
      edge();
    }
    EXPECT_EQ(rtl_->take_messages(), "") << "all that was legal";
  }

  /// One edge with what was put on the pins; then they rest. Outputs are ready unless a test says otherwise.
  void edge() {
    for (auto& bit : in_.tx_ready) bit = ready_;
    rtl_->edge(in_, out_);
    for (std::size_t o = 0; o < out_.tx_valid.size(); ++o) {
      if (out_.tx_valid[o] == 0) continue;
      ++left_;
      names_.push_back(unpack_flit(out_.tx_flit[o]).handle);
    }
    in_ = InputPins(config_.ports, config_.vcs);
  }
  void flit(int port, int vc, int dst, std::uint8_t flags = Flit::head_flag | Flit::tail_flag, int length = 1,
            int cls = 0) {
    Flit f;
    f.dst = static_cast<NodeId>(dst);
    f.flags = flags;
    f.length = static_cast<std::uint16_t>(length);
    f.cls = static_cast<ClassId>(cls);
    f.handle = static_cast<PacketHandle>(++name_);
    const auto i = static_cast<std::size_t>(port);
    in_.rx_valid[i] = 1;
    in_.rx_vc[i] = static_cast<std::uint8_t>(vc);
    in_.rx_flit[i] = pack_flit(f);
  }
  /// Lets everything that can move do so; flits that have left since the last call.
  int drain() {
    for (int k = 0; k < 100; ++k) edge();
    return std::exchange(left_, 0);
  }
  /// After whatever happened, a flit of another port still finds its way.
  void expect_alive(int port, int dst) {
    flit(port, 0, dst);
    edge();
    EXPECT_EQ(drain(), 1);
    EXPECT_TRUE(rtl_->idle());
  }

  static constexpr int unrouted_ = 2;
  const SwitchConfig& config_ = shape().config;
  std::unique_ptr<RtlSide> rtl_ = make_rtl_side(9);
  InputPins in_{config_.ports, config_.vcs};
  OutputPins out_{config_.ports, config_.vcs};
  std::uint8_t ready_ = 1;
  int left_ = 0;
  std::uint32_t name_ = 0;
  std::vector<PacketHandle> names_;  ///< of flits that left, in their order
};

TEST_F(Hostile, LegalTrafficIsSilent) {
  for (int k = 0; k < 3; ++k) flit(k, k, k % 2);
  edge();
  EXPECT_EQ(drain(), 3);
  EXPECT_EQ(rtl_->take_messages(), "");
}

TEST_F(Hostile, FlitWithoutCreditIsNamedAndDiscarded) {
  ready_ = 0;
  const int room = config_.pool_depth - 2 * config_.depth[0];  // the others' reserves are not for VC 1
  for (int k = 0; k < room; ++k) {
    flit(1, 1, 0);
    edge();
  }
  drain();
  EXPECT_EQ(rtl_->take_messages(), "");
  flit(1, 1, 0);
  edge();
  EXPECT_THAT(rtl_->take_messages(), HasSubstr("a_rx_credit: port 1: rx_valid_i: a flit without credit"));
  ready_ = 1;
  for (int k = 0; k < room; ++k) {
    in_.tx_credit[1] = 1;  // output 0 gives its slots back, as many as were used
    edge();
  }
  EXPECT_EQ(drain(), room) << "the flits before it are unharmed";
  expect_alive(2, 1);
}

TEST_F(Hostile, VcOutOfRangeIsNamedAndDiscarded) {
  flit(0, 3, 1);
  edge();
  EXPECT_THAT(rtl_->take_messages(), HasSubstr("a_rx_vc: port 0: rx_vc_i: no such VC"));
  EXPECT_EQ(drain(), 0);
  expect_alive(0, 1);
}

TEST_F(Hostile, CreditNeverLentIsNamed) {
  in_.tx_credit[5] = 1;  // output 1, VC 2
  edge();
  edge();  // counted at the next edge
  EXPECT_THAT(rtl_->take_messages(),
              HasSubstr("a_tx_credit: port 1: tx_credit_i: more credits than the neighbour has slots"));
  expect_alive(0, 1);
}

TEST_F(Hostile, BrokenPacketsAreNamed) {
  struct Case {
    const char* what;
    std::function<void()> stimulus;
  };
  const Case cases[] = {
      {"a_rx_body: port 0: rx_flit_i: a body flit without a head", [&] { flit(0, 0, 1, 0); }},
      {"a_rx_body: port 0: rx_flit_i: a body flit without a head", [&] { flit(0, 1, 1, Flit::tail_flag); }},
      {"a_rx_route: port 1: rx_flit_i: no route", [&] { flit(1, 0, unrouted_); }},
      {"a_rx_route: port 1: rx_flit_i: no route", [&] { flit(1, 1, 60000); }},
      {"a_rx_route: port 1: rx_flit_i: no route", [&] { flit(1, 1, config_.destinations); }},
      {"a_rx_route: port 1: rx_flit_i: no route", [&] { flit(1, 1, 0, 3, 1, 200); }},
      {"a_rx_route: port 1: rx_flit_i: no route", [&] { flit(1, 2, 0, 3, 1, config_.classes); }},
      {"a_rx_length: port 2: rx_flit_i: a packet longer than the longest, or of none", [&] { flit(2, 2, 1, 3, 0); }},
      {"a_rx_length: port 2: rx_flit_i: a packet longer than the longest, or of none", [&] { flit(2, 2, 1, 3, 9); }},
      {"a_rx_longer: port 1: a packet longer than its head said leaves here (rx_flit_i)",
       [&] {
         flit(0, 2, 1, Flit::head_flag);
         edge();
         flit(0, 2, 1, Flit::tail_flag);
       }},
  };
  for (const auto& [what, stimulus] : cases) {
    stimulus();
    edge();
    const std::string at_once = rtl_->take_messages();
    drain();  // an input pipeline names it some edges later
    EXPECT_THAT(at_once + rtl_->take_messages(), HasSubstr(what));
  }
}

TEST_F(Hostile, SecondHeadIsNamedAndDiscarded) {
  flit(0, 0, 1, Flit::head_flag, 2);
  edge();
  flit(0, 0, 0, Flit::head_flag | Flit::tail_flag);
  edge();
  EXPECT_EQ(drain(), 1) << "only the first head";
  EXPECT_THAT(rtl_->take_messages(), HasSubstr("a_rx_head: port 0: rx_flit_i: a head before the last packet's tail"));
  flit(0, 0, 1, Flit::tail_flag);
  edge();
  EXPECT_EQ(drain(), 1) << "its packet may still end";
}

TEST_F(Hostile, BadRouteRowsAreNamed) {
  const auto write = [&](int cls, int dst, std::vector<PortId> outputs, std::uint64_t vcs, int mode) {
    in_.route = RoutePins{cls, dst, {std::move(outputs), vcs, 0, static_cast<RouteMode>(mode)}};
    edge();
    return rtl_->take_messages();
  };
  EXPECT_THAT(write(0, 9, {PortId{0}}, 1, 0), HasSubstr("a_route_row"));
  EXPECT_THAT(write(7, 0, {PortId{0}}, 1, 0), HasSubstr("a_route_row"));
  EXPECT_THAT(write(0, config_.destinations, {PortId{0}}, 1, 0), HasSubstr("a_route_row"));
  EXPECT_THAT(write(config_.classes, 0, {PortId{0}}, 1, 0), HasSubstr("a_route_row"));
  EXPECT_THAT(write(0, 2, {}, 1, 0), HasSubstr("a_route_mask"));
  EXPECT_THAT(write(0, 2, {PortId{0}}, 0, 0), HasSubstr("a_route_vcs"));
  EXPECT_THAT(write(0, 2, {PortId{0}}, 1, 3), HasSubstr("a_route_mode"));
  expect_alive(0, 1);
}

/// What is discarded touches no queue: packets of other VCs that wait, and later ones of its own, leave in their order.
TEST_F(Hostile, DiscardedHeadsHarmNoQueue) {
  const auto write_row = [&](std::vector<PortId> outputs, std::uint64_t vcs) {
    in_.route = RoutePins{0, unrouted_, {std::move(outputs), vcs, 0, RouteMode::hashed}};
    edge();
  };
  const auto offer = [&](int vc, int dst) {
    flit(1, vc, dst);
    edge();
    return static_cast<PacketHandle>(name_);
  };
  struct Case {
    std::vector<PortId> outputs;
    std::uint64_t vcs;
  };
  for (const auto& [outputs, vcs] : std::vector<Case>{{{}, 7}, {{PortId{0}}, 0}, {{}, 0}}) {
    write_row(outputs, vcs);
    ready_ = 0;
    std::vector<PacketHandle> expected{offer(1, 0), offer(1, 0)};
    offer(0, unrouted_);
    expected.push_back(offer(1, 0));
    drain();
    names_.clear();
    ready_ = 1;
    EXPECT_EQ(drain(), 3);
    EXPECT_EQ(names_, expected);
    names_.clear();
    const PacketHandle later = offer(0, 0);
    drain();
    EXPECT_EQ(names_, std::vector<PacketHandle>{later});
    for (int k = 0; k < 3; ++k) {
      in_.tx_credit[1] = 1;
      if (k == 0) in_.tx_credit[0] = 1;
      edge();
    }
  }
  rtl_->take_messages();
}

/// Noise on every pin for a long time: nothing hangs, and after a reset nothing of it is left.
TEST_F(Hostile, NoiseLeavesNothingBehindAReset) {
  RandomStream random(4, "lockstep", "noise");
  const auto below = [&](int n) { return static_cast<int>(random.below(static_cast<std::uint64_t>(n))); };
  for (int k = 0; k < 2000; ++k) {
    for (int p = 0; p < config_.ports; ++p) {
      if (below(2) == 0) continue;
      flit(p, below(4), below(4), static_cast<std::uint8_t>(below(8)), below(3), below(2));
    }
    for (auto& bit : in_.tx_credit) bit = static_cast<std::uint8_t>(below(2));
    ready_ = static_cast<std::uint8_t>(below(2));
    edge();
  }
  EXPECT_THAT(rtl_->take_messages(), Not(testing::IsEmpty()));
  ready_ = 1;
  left_ = 0;
  in_.rst_n = false;
  for (auto& bit : in_.rx_valid) bit = 1;
  edge();
  EXPECT_TRUE(rtl_->idle()) << "reset empties everything";
  EXPECT_EQ(drain(), 0);
  for (int o = 0; o < config_.ports; ++o) in_.tx_credit[static_cast<std::size_t>(o * config_.vcs)] = 1;
  edge();
  rtl_->take_messages();
  expect_alive(0, 1);
  EXPECT_EQ(rtl_->take_messages(), "");
}

}  // namespace
}  // namespace fs::lockstep
