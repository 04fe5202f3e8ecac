// SPDX-License-Identifier: Apache-2.0
#include "transport/end_to_end/transport.hpp"

#include <algorithm>
#include <string>

#include "common/clock.hpp"
#include "common/wide.hpp"
#include "transport/end_to_end/datagram.hpp"
#include "transport/end_to_end/go_back_n.hpp"
#include "transport/end_to_end/lossless.hpp"
#include "transport/end_to_end/repeat_receiver.hpp"
#include "transport/end_to_end/repeat_sender.hpp"

namespace fs {

std::int64_t bandwidth_delay_packets(const TransportSpec& spec, const FlowPath& path) {
  const auto bits_fs = static_cast<Int128>(path.round_trip.value()) * path.rate.value();
  const auto packet = static_cast<Int128>(spec.packet_bytes()) * 8 * one_second().value();
  return 1 + static_cast<std::int64_t>((bits_fs + packet - 1) / packet);
}

TransportSpec sized_for(TransportSpec spec, const FlowPath& path) {
  // More by what acknowledgements come late: their own time on the wire, and the packets that share one.
  const std::int64_t shared = spec.kind == TransportSpec::Kind::go_back_n ? 1 : spec.acknowledge_every;
  if (spec.window == 0) spec.window = bandwidth_delay_packets(spec, path) + shared + 1;
  // A sender with a small window would wait for an acknowledgement that waits for more packets.
  spec.acknowledge_every = std::min(spec.acknowledge_every, std::max<std::int64_t>(1, spec.window / 2));
  if (spec.timeout == Femtoseconds(0)) {
    spec.timeout = 3 * (path.round_trip + ByteClock(path.rate.value(), 1).end_of(spec.packet_bytes()));
  }
  return spec;
}

TransportSpec read_transport(const Reader& reader, const TransportSpec& defaults) {
  using Kind = TransportSpec::Kind;
  TransportSpec spec = defaults;
  spec.hop_retry = reader.text("kind") == "hop_retry";
  spec.kind = reader.choice<Kind>("kind", {{"go_back_n", Kind::go_back_n},
                                           {"hop_retry", Kind::go_back_n},
                                           {"selective_repeat", Kind::selective_repeat},
                                           {"erasure", Kind::erasure},
                                           {"lossless", Kind::lossless},
                                           {"datagram", Kind::datagram}});
  if (spec.kind == Kind::selective_repeat || spec.kind == Kind::erasure) {
    spec.negative_acknowledgement = reader.choice_or<bool>("acknowledge", true, {{"negative", true}, {"timer", false}});
    spec.acknowledge_every = reader.count_or("acknowledge_every", "packets", spec.acknowledge_every, 1, 32);
    spec.in_order = reader.boolean_or("in_order", spec.in_order);
    if (spec.kind == Kind::selective_repeat) {
      spec.reorder = reader.count_or("reorder", "packets", spec.reorder, 0, 48);
    }
  }
  spec.payload = reader.bytes_or("payload", Bytes(spec.payload), Bytes(64), Bytes(65536)).value();
  spec.header = reader.bytes_or("header", Bytes(spec.header), Bytes(0), Bytes(4096)).value();
  if (spec.kind == Kind::datagram) {
    if (reader.has("pace")) spec.pace = reader.rate("pace", BitsPerSecond(1'000'000));
    return spec;
  }
  if (spec.kind == Kind::lossless) {
    spec.xoff = reader.bytes_or("xoff", Bytes(spec.xoff), Bytes(1), Bytes(1'000'000'000'000)).value();
    spec.xon = reader.bytes_or("xon", Bytes(spec.xoff / 2), Bytes(0), Bytes(spec.xoff)).value();
    spec.headroom = reader.bytes_or("headroom", Bytes(spec.headroom), Bytes(0), Bytes(1'000'000'000'000)).value();
    if (reader.has("drain")) spec.drain = reader.rate("drain", BitsPerSecond(1'000'000));
    spec.response = reader.time_or("response", spec.response, Femtoseconds(0), one_second());
    return spec;
  }
  if (spec.hop_retry) {
    spec.window = reader.count_or("window", "packets", 524'288, 1, 1'000'000'000);
    spec.timeout = reader.time_or("timeout", nanoseconds(65'535), nanoseconds(1), one_second());
    return spec;
  }
  if (reader.has("window")) spec.window = reader.count("window", "packets", 1, 1'000'000'000);
  if (reader.has("timeout")) spec.timeout = reader.time("timeout", nanoseconds(1), one_second() * 1000);
  if (reader.has("pace")) spec.pace = reader.rate("pace", BitsPerSecond(1'000'000));
  if (spec.kind == Kind::erasure) {
    using Parity = TransportSpec::Parity;
    spec.code = reader.choice_or<Parity>("code", spec.code, {{"mds", Parity::mds}, {"xor", Parity::xor_groups}});
    spec.data = reader.count_or("data", "chunks", spec.data, 1, 4096);
    spec.parity = reader.count_or("parity", "chunks", spec.parity, 1, 4096);
    spec.chunk = reader.count_or("chunk", "packets", spec.chunk, 1, 4096);
    if (spec.code == Parity::xor_groups && spec.parity > spec.data) {
      throw reader.error("parity", "an XOR of fewer than one chunk: at most as many as `data`");
    }
  }
  return spec;
}

TransportPair make_transport(const TransportSpec& given, const FlowPath& path, std::uint16_t flow) {
  const TransportSpec spec = sized_for(given, path);
  const bool coded = spec.kind == TransportSpec::Kind::erasure;
  TransportPair pair;
  pair.messages = std::make_shared<MessageTable>(
      MessageTable::Shape{spec.payload, coded ? spec.data : 0, coded ? spec.parity : 0, coded ? spec.chunk : 1});
  if (spec.kind == TransportSpec::Kind::go_back_n) {
    pair.sender = std::make_unique<GoBackNSender>(spec, pair.messages, flow);
    pair.receiver = std::make_unique<GoBackNReceiver>(pair.messages, flow);
  } else if (spec.kind == TransportSpec::Kind::lossless) {
    pair.sender = std::make_unique<LosslessSender>(spec, pair.messages, flow);
    pair.receiver = std::make_unique<LosslessReceiver>(spec, pair.messages, flow);
  } else if (spec.kind == TransportSpec::Kind::datagram) {
    pair.sender = std::make_unique<DatagramSender>(spec, pair.messages, flow);
    pair.receiver = std::make_unique<DatagramReceiver>(pair.messages);
  } else {
    pair.sender = std::make_unique<RepeatSender>(spec, pair.messages, flow);
    pair.receiver = std::make_unique<RepeatReceiver>(spec, pair.messages, flow);
  }
  return pair;
}

}  // namespace fs
