// SPDX-License-Identifier: Apache-2.0
// ModelCore: who gets the crossbar, and VC allocation. Included by model_core.hpp.
#pragma once

namespace fs {

template <int W, int VS, bool P>
void ModelCore<W, VS, P>::match(std::int64_t cycle, const PortSet& ready) {
  matches_.count = 0;
  if (P && fused_islip_) {
    islip_.begin();
    if (few_vcs && allocates_vcs_) {
      offer_to_holders(ready);
    } else {
      for_each_request_row(ready, [&](int o, const PortSet& row) { islip_.offer(o, row); });
    }
    return;  // accepted while grants are carried out
  }
  requests_.outputs.reset();
  if (P || (!expanded_ && config_.allocator != AllocatorKind::oldest_first)) {
    build_requests(ready);
  } else {
    build_expanded_requests(ready);
  }
  switch (config_.allocator) {
    case AllocatorKind::islip:
      islip_.allocate(requests_, matches_);
      break;
    case AllocatorKind::pim:
      pim_.allocate(requests_, matches_);
      break;
    case AllocatorKind::wavefront:
      wavefront_.allocate(requests_, matches_, cycle);
      break;
    case AllocatorKind::round_robin:
      round_robin_.allocate(requests_, matches_);
      break;
    case AllocatorKind::oldest_first:
      break;
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

/// The same choice where few VCs make it plain arithmetic. False where it does not apply: several VCs of an input on
/// one output whose numbers differ from the output's, or credit that may not cover a head.
template <int W, int VS, bool P>
[[gnu::always_inline]] inline bool ModelCore<W, VS, P>::choose_by_mask(const Output& u, int input, int favourite,
                                                                       Grant& grant) const {
  if (allocates_vcs_) return false;
  const VcSet held = u.ready & (u.enough | u.covered);
  if (outputs_.whole_packet() && !(held == u.ready)) return false;
  VcSet mine;
  for (int v = 0; v < (few_vcs ? VS : 0); ++v) {
    mine.word(0) |= static_cast<std::uint64_t>(u.holder_input[static_cast<std::size_t>(v)] == input) << v;
  }
  mine &= held;
  const VcSet wanted = eligible_wanted(u);
  if (remapped_ || !((wanted & u.enough) == wanted)) return false;
  VcSet asks;
  for (int v = 0; v < (few_vcs ? VS : 0); ++v) {
    asks.word(0) |= static_cast<std::uint64_t>(u.heads[static_cast<std::size_t>(v)].test(input)) << v;
  }
  mine |= asks & wanted;
  grant.vc = grant.output_vc = mine.next_from(favourite);
  return true;
}

/// Which flit uses a connection: round robin over the input's VCs; those that hold an output VC before speculative
/// ones. `from` and `to` are crossbar ports.
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
  if (offers_hold()) {
    // The offer has looked at the output's VCs already.
    VcSet mine;
    mine.word(0) = u.offered_vcs;
    if (mine.is_single()) {
      grant.output_vc = mine.lowest();
      grant.vc = outputs_.holder(u, grant.output_vc).vc;
    } else {
      mine.for_each([&](int v) { consider(outputs_.holder(u, v).vc, v); });
    }
  } else if (!(P && few_vcs && choose_by_mask(u, i, favourite, grant))) {
    eligible_held(o).for_each([&](int v) {
      const auto h = outputs_.holder(u, v);
      if (h.input == i) consider(h.vc, v);
    });
    if (!allocates_vcs_) {
      eligible_wanted(u).for_each([&](int v) {
        if (!u.heads[static_cast<std::size_t>(v)].test(i)) return;
        for_each_head_vc(i, o, v, [&](int vc) {
          if (outputs_.head_may_go(u, v, front(i, vc, o).flit)) consider(vc, v);
        });
      });
    } else if (!P && speculative_ && grant.vc < 0) {
      for (int vc = 0; vc < vcs_; ++vc) {
        if (vc_allocator_.requests(o, i, vc) && may_speculate(i, vc, o)) consider(vc, none_yet);
      }
    }
  }
  int next = grant.vc + s;
  if (P) {
    next = next == vcs_ ? 0 : next;
  } else {
    next %= vcs_;
  }
  favourite = static_cast<std::uint16_t>(next);
  return grant;
}

/// What is allocated here may use the crossbar from the next edge on; a speculative head, at this one.
template <int W, int VS, bool P>
void ModelCore<W, VS, P>::allocate_vcs() {
  if (vc_allocator_.pending().none()) return;
  const auto narrow = [](const AnyVcSet& mask) {
    VcSet set;
    for (int w = 0; w < (VS + 63) / 64; ++w) set.word(w) = mask.word(w);
    return set;
  };
  const bool one_mask = routes_.one_mask();
  const VcSet all = narrow(routes_.vcs(0));
  vc_allocator_.allocate(
      one_mask,
      [&](int o) {
        const VcSet& free = outputs_.unit(o).free;
        return one_mask ? free & all : free;
      },
      [&](int o, int i, int vc) { return narrow(routes_.vcs(front(i, vc, o).vcs)); },
      [&](int o, int i, int vc) { return inputs_.queue_index(i, inputs_.queue_of(vc, o)); },
      [&](int o, int i, int vc, int v) {
        outputs_.hold(outputs_.unit(o), v, i, vc);
        queue_vc_[inputs_.queue_index(i, inputs_.queue_of(vc, o))] = static_cast<std::uint8_t>(v);
        if (offers_hold()) {
          outputs_.unit(o).ready.set(v);  // what may go in this cycle has been decided
          busy_outputs_.set(o);
          eventful_ = true;
        } else {
          fresh_.push_back(static_cast<std::uint32_t>(o * vcs_ + v));
        }
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
