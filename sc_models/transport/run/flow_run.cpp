// SPDX-License-Identifier: Apache-2.0
#include "transport/run/flow_run.hpp"

#include <algorithm>

#include "common/ids.hpp"

namespace fs {

FlowRun::FlowRun(const LongHaulChannel::Spec& forward, const LongHaulChannel::Spec& back,
                 const std::vector<FlowSpec>& flows)
    : forward_(forward), back_(back) {
  const FlowPath path{forward_.flight() + back_.flight(), forward.rate};
  for (const auto& spec : flows) {
    Flow flow;
    flow.spec = spec;
    flow.transport = make_transport(spec.transport, path, static_cast<std::uint16_t>(flows_.size()));
    flow.result.name = spec.name;
    flow.next_submission = spec.start;
    flows_.push_back(std::move(flow));
  }
}

bool FlowRun::may_submit(const Flow& flow) const {
  const auto submitted = static_cast<std::int64_t>(flow.result.submitted);
  if (flow.spec.messages > 0 && submitted >= flow.spec.messages) return false;
  return submitted - flow.known < flow.spec.outstanding;
}

Femtoseconds FlowRun::flow_ready(const Flow& flow) const {
  const Femtoseconds sender = flow.transport.sender->ready_at(now_);
  return may_submit(flow) ? std::min(sender, std::max(now_, flow.next_submission)) : sender;
}

void FlowRun::submit(Flow& flow) {
  while (may_submit(flow) && flow.next_submission <= now_) {
    flow.transport.sender->submit(flow.spec.bytes);
    flow.submitted_at.push_back(now_);
    ++flow.result.submitted;
    flow.next_submission = now_ + flow.spec.gap;
  }
}

void FlowRun::send_turn() {
  for (std::size_t tries = 0; tries < flows_.size(); ++tries) {
    Flow& flow = flows_[turn_];
    turn_ = (turn_ + 1) % flows_.size();
    submit(flow);
    WirePacket packet;
    if (!flow.transport.sender->poll(now_, packet)) continue;
    forward_.send(now_, packet);
    note_known(flow);
    return;
  }
}

void FlowRun::data_arrives() {
  const WirePacket packet = forward_.take();
  Flow& flow = flows_[packet.flow];
  FlowResult& result = flow.result;
  if (packet.damaged) {
    flow.transport.receiver->damaged();
    return answer(flow);
  }
  if (packet.kind == WirePacket::Kind::data) {
    if (result.data_arrived++ == 0) result.first_arrival = now_;
    if (result.data_arrived > 1 && now_ - result.last_arrival > result.longest_silence) {
      result.longest_silence = now_ - result.last_arrival;
      result.silence_end = now_;
    }
    result.last_arrival = now_;
  }
  flow.transport.receiver->arrived(now_, packet);
  for (const auto& done : flow.transport.receiver->take_completed()) {
    result.at_receiver.add(now_ - flow.submitted_at[static_cast<std::size_t>(done.message)]);
    result.completed_bytes += static_cast<std::uint64_t>(flow.spec.bytes);
    ++result.completed;
    if (done.message != flow.next_in_order) ++result.out_of_order;
    flow.next_in_order = std::max(flow.next_in_order, done.message + 1);
    result.last_completion = now_;
    digest_.add(static_cast<NodeId>(packet.flow), static_cast<std::uint64_t>(done.message), now_, Outcome::delivered);
  }
  answer(flow);
}

void FlowRun::answer(Flow& flow) {
  WirePacket packet;
  while (flow.transport.receiver->poll(now_, packet)) back_.send(now_, packet);
}

void FlowRun::note_known(Flow& flow) {
  const std::int64_t known = flow.transport.sender->known_complete();
  for (; flow.known < known; ++flow.known) {
    flow.result.at_sender.add(now_ - flow.submitted_at[static_cast<std::size_t>(flow.known)]);
  }
}

void FlowRun::acknowledgement_arrives() {
  const WirePacket packet = back_.take();
  Flow& flow = flows_[packet.flow];
  flow.transport.sender->acknowledged(now_, packet);
  note_known(flow);
}

bool FlowRun::finished() const {
  return std::all_of(flows_.begin(), flows_.end(),
                     [](const Flow& flow) { return flow.spec.messages > 0 && flow.known >= flow.spec.messages; });
}

Femtoseconds FlowRun::run(Femtoseconds end) {
  while (!finished()) {
    Femtoseconds ready = Femtoseconds::max();
    for (const auto& flow : flows_) ready = std::min(ready, flow_ready(flow));
    const Femtoseconds sending = ready == Femtoseconds::max() ? ready : std::max(ready, forward_.free_at());
    const Femtoseconds data = forward_.next_arrival();
    const Femtoseconds acknowledgement = back_.next_arrival();
    Femtoseconds answering = Femtoseconds::max();
    for (const auto& flow : flows_) answering = std::min(answering, flow.transport.receiver->ready_at(now_));
    const Femtoseconds next = std::min({sending, data, acknowledgement, answering});
    if (next > end) {
      now_ = end;
      return end;
    }
    now_ = std::max(now_, next);
    ++events_;
    if (data == next) {
      data_arrives();
    } else if (acknowledgement == next) {
      acknowledgement_arrives();
    } else if (answering == next) {
      for (auto& flow : flows_) answer(flow);
    } else {
      send_turn();
    }
  }
  return now_;
}

FlowResult FlowRun::result(std::size_t index) const {
  FlowResult result = flows_[index].result;
  result.sender = flows_[index].transport.sender->counts();
  result.buffer_high_water = flows_[index].transport.receiver->buffer_high_water();
  result.overflowed = flows_[index].transport.receiver->overflowed();
  result.duplicates = flows_[index].transport.receiver->duplicates();
  return result;
}

}  // namespace fs
