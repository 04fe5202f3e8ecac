// SPDX-License-Identifier: Apache-2.0
// ModelCore: who gets the crossbar, and VC allocation. Included by model_core.hpp.
#pragma once

namespace fs {

template <int W, int VS, bool P>
void ModelCore<W, VS, P>::match(std::int64_t cycle, const PortSet& ready) {
  matches_.count = 0;
  if (P && fused_islip_) {
    islip_.begin();
    for_each_request_row(ready, [&](int o, const PortSet& row) { islip_.offer(o, row); });
    islip_.accept(matches_, true);
    return;
  }
  requests_.outputs.reset();
  if (P || (!expanded_ && config_.allocator != AllocatorKind::oldest_first)) {
    build_requests(ready);
  } else {
    build_expanded_requests(ready);
  }
  switch (config_.allocator) {
    case AllocatorKind::islip: islip_.allocate(requests_, matches_); break;
    case AllocatorKind::pim: pim_.allocate(requests_, matches_); break;
    case AllocatorKind::wavefront: wavefront_.allocate(requests_, matches_, cycle); break;
    case AllocatorKind::round_robin: round_robin_.allocate(requests_, matches_); break;
    case AllocatorKind::oldest_first: break;
  }
  if constexpr (!P) {
    decided_.clear();
    for (int k = 0; k < matches_.count; ++k) {
      const Match m = at(matches_.items, k);
      decided_.push_back(choose(m.input, m.output));
    }
    if (config_.allocator == AllocatorKind::oldest_first && !oldest_first_.empty()) {
      oldest_first_.template allocate<W>([&](const AgedRequest& r) {
        decided_.push_back({r.input / config_.input_speedup, r.output / config_.output_speedup, r.vc, r.output_vc});
      });
    }
  }
}

/// Which flit uses a connection: round robin over the input's VCs; those that hold an output VC before speculative ones.
/// `from` and `to` are crossbar ports.
template <int W, int VS, bool P>
[[gnu::always_inline]] inline typename ModelCore<W, VS, P>::Grant ModelCore<W, VS, P>::choose(int from, int to) {
  const int s = P ? 1 : config_.input_speedup;
  const int i = P ? from : from / s;
  const int o = P ? to : to / config_.output_speedup;
  const Output& u = outputs_.unit(o);
  auto& favourite = at(favourite_, from);
  int nearest = 1 << 30;
  Grant grant{i, o, -1, none_yet};
  const auto consider = [&](int vc, int output_vc) {
    if (!P && vc % s != from % s) return;
    const int distance = vc >= favourite ? vc - favourite : vc - favourite + vcs_;
    if (distance >= nearest) return;
    nearest = distance;
    grant.vc = vc;
    grant.output_vc = output_vc;
  };
  if (u.ready.any()) {
    eligible_held(o).for_each([&](int v) {
      const auto h = outputs_.holder(u, v);
      if (h.input == i) consider(h.vc, v);
    });
  }
  if (!allocates_vcs_) {
    const VcSet eligible = eligible_wanted(u);
    if (P && few_vcs && grant.vc < 0 && !remapped_ && (eligible & u.enough) == eligible) {
      VcSet mine;
      for (int v = 0; v < (few_vcs ? VS : 0); ++v) {
        mine.word(0) |= static_cast<std::uint64_t>(u.heads[static_cast<std::size_t>(v)].test(i)) << v;
      }
      mine &= eligible;
      grant.vc = grant.output_vc = mine.next_from(favourite);
    } else {
      eligible.for_each([&](int v) {
        if (!u.heads[static_cast<std::size_t>(v)].test(i)) return;
        for_each_head_vc(i, o, v, [&](int vc) {
          if (outputs_.head_may_go(u, v, front(i, vc, o).flit)) consider(vc, v);
        });
      });
    }
  } else if (!P && speculative_ && grant.vc < 0) {
    for (int vc = 0; vc < vcs_; ++vc) {
      if (vc_allocator_.requests(o, i, vc) && may_speculate(i, vc, o)) consider(vc, none_yet);
    }
  }
  const int next = grant.vc + s;
  favourite = static_cast<std::uint16_t>(next < vcs_ ? next : next % vcs_);
  return grant;
}

/// What is allocated here may use the crossbar from the next edge on; a speculative head, at this one.
template <int W, int VS, bool P>
void ModelCore<W, VS, P>::allocate_vcs() {
  if (vc_allocator_.pending().none()) return;
  const bool one_mask = routes_.one_mask();
  const auto narrow = [](const AnyVcSet& mask) {
    VcSet set;
    for (int w = 0; w < (VS + 63) / 64; ++w) set.word(w) = mask.word(w);
    return set;
  };
  const VcSet all = narrow(routes_.vcs(0));
  vc_allocator_.allocate(
      [&](int o) { return outputs_.unit(o).free; },
      [&](int o, int i, int vc) { return one_mask ? all : narrow(routes_.vcs(front(i, vc, o).vcs)); },
      [&](int o, int i, int vc) { return inputs_.queue_index(i, inputs_.queue_of(vc, o)); },
      [&](int o, int i, int vc, int v) {
        outputs_.hold(outputs_.unit(o), v, i, vc);
        queue_vc_[inputs_.queue_index(i, inputs_.queue_of(vc, o))] = static_cast<std::uint8_t>(v);
        fresh_.push_back(static_cast<std::uint32_t>(o * vcs_ + v));
      });
}

/// Newly allocated output VCs: their heads stand ready.
template <int W, int VS, bool P>
[[gnu::always_inline]] inline void ModelCore<W, VS, P>::activate_fresh() {
  if (fresh_.empty()) return;
  eventful_ = true;
  for (const auto item : fresh_) {
    const int o = static_cast<int>(item) / vcs_;
    outputs_.unit(o).ready.set(static_cast<int>(item) - o * vcs_);
    busy_outputs_.set(o);
  }
  fresh_.clear();
}

}  // namespace fs
