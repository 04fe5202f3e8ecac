// SPDX-License-Identifier: Apache-2.0
#include "flit/profile/profile_config.hpp"

#include <numeric>
#include <string>

#include "common/wide.hpp"
#include "flit/profile/link_layer_config.hpp"
#include "flit/profile/recovery_config.hpp"
#include "flit/profile/wire_cost.hpp"

namespace fs {
namespace {

constexpr std::int64_t max_vcs = 128;
constexpr std::int64_t max_slots = 1'000'000;

/// One factor of a line code, "64/66": payload over line, at most 1.
void multiply_by(const Node& node, LaneFormat& lanes) {
  const auto text = node.text();
  const auto slash = text.find('/');
  const auto number = [&](const std::string& digits) -> std::int64_t {
    if (digits.empty() || digits.size() > 6 || digits.find_first_not_of("0123456789") != std::string::npos) return 0;
    return std::stoll(digits);
  };
  const auto top = slash == std::string::npos ? 0 : number(text.substr(0, slash));
  const auto bottom = slash == std::string::npos ? 0 : number(text.substr(slash + 1));
  if (top < 1 || bottom < top) {
    throw node.error("'" + text + "' is no code rate: write payload over line bits, 64/66, at most 1");
  }
  lanes.code_numerator *= top;
  lanes.code_denominator *= bottom;
  const auto common = std::gcd(lanes.code_numerator, lanes.code_denominator);
  lanes.code_numerator /= common;
  lanes.code_denominator /= common;
  if (lanes.code_denominator > 1'000'000) throw node.error("the product of the code rates needs more than 6 digits");
}

LaneFormat read_lanes(const Reader& reader) {
  LaneFormat lanes;
  lanes.count = reader.integer_or("count", lanes.count, 1, 64);
  lanes.line_rate = reader.rate("line_rate", BitsPerSecond(1'000'000), BitsPerSecond(10'000'000'000'000));
  for (const auto& factor : reader.list_or_empty("code")) multiply_by(factor, lanes);
  lanes.phy_latency = reader.time_or("phy_latency", lanes.phy_latency, Femtoseconds(0), microseconds(100));
  // Both ends of every wire and each rate are integers below 2^63.
  if (static_cast<Int128>(lanes.line_rate.value()) * lanes.count * lanes.code_numerator > (Int128(1) << 62)) {
    throw reader.error("line_rate x count x code is too large to be exact");
  }
  return lanes;
}

FrameFormat read_frame(const Reader& reader, Bytes wire_unit) {
  FrameFormat frame;
  frame.kind = reader.choice_or<FrameKind>("kind", frame.kind,
                                           {{"none", FrameKind::none},
                                            {"flit", FrameKind::flit},
                                            {"packet", FrameKind::packet},
                                            {"fixed", FrameKind::fixed}});
  if (frame.kind == FrameKind::none) return frame;
  if (frame.kind == FrameKind::fixed) {
    frame.payload = reader.bytes("payload", Bytes(1), Bytes(65536));
    if (frame.payload % wire_unit != Bytes(0)) {
      throw reader.error("payload", "a fixed frame holds whole wire units of " + format(wire_unit));
    }
  }
  frame.overhead = reader.bytes_or("overhead", frame.overhead, Bytes(0), Bytes(4096));
  return frame;
}

FecFormat read_fec(const Reader& reader, Bytes wire_unit) {
  FecFormat fec;
  fec.codeword_payload = reader.bytes_or("codeword_payload", fec.codeword_payload, Bytes(0), Bytes(65536));
  if (fec.codeword_payload == Bytes(0)) return fec;
  if (fec.codeword_payload % wire_unit != Bytes(0)) {
    throw reader.error("codeword_payload", "a codeword holds whole wire units of " + format(wire_unit));
  }
  fec.interleave = reader.integer_or("interleave", fec.interleave, 1, 64);
  fec.decode_latency = reader.time_or("decode_latency", fec.decode_latency, Femtoseconds(0), microseconds(100));
  if (reader.has("code")) {
    struct Code {
      std::int64_t symbols, correctable;
    };
    // IEEE 802.3 clause 91 ("KP4"); 25G/50G Ethernet Consortium, Low Latency RS-FEC Specification 1.0.
    const auto code =
        reader.choice<Code>("code", {{"rs544_514", {544, 15}}, {"rs272_258", {272, 7}}, {"rs272_257", {272, 7}}});
    fec.symbols = code.symbols;
    fec.correctable = code.correctable;
  }
  return fec;
}

CreditReturn read_credits(const Reader& reader, Bytes wire_unit) {
  enum class Way { side_band, messages };
  CreditReturn credits;
  const auto way =
      reader.choice_or<Way>("return", Way::side_band, {{"side_band", Way::side_band}, {"messages", Way::messages}});
  if (way == Way::side_band) {
    credits.side_band_delay = reader.cycles_or("delay", credits.side_band_delay, Cycles(0), Cycles(1'000'000));
    return credits;
  }
  credits.message = reader.bytes("message", Bytes(1), Bytes(4096));
  if (credits.message % wire_unit != Bytes(0)) {
    throw reader.error("message", "a credit message takes whole wire units of " + format(wire_unit));
  }
  credits.coalesce = reader.integer_or("coalesce", credits.coalesce, 1, 65536);
  credits.max_wait = reader.cycles_or("max_wait", credits.max_wait, Cycles(0), Cycles(1'000'000));
  credits.piggyback = reader.boolean_or("piggyback", credits.piggyback);
  credits.per_packet = reader.boolean_or("per_packet", credits.per_packet);
  credits.counters = reader.boolean_or("counters", credits.counters);
  if (credits.counters) {
    if (credits.piggyback) throw reader.error("counters", "totals travel in messages, not in headers: no `piggyback`");
    credits.repair = reader.time_or("repair", credits.repair, Femtoseconds(0), one_second());
  }
  return credits;
}

PacketFormats read_packets(const Reader& reader) {
  PacketFormats packets;
  packets.max_payload = reader.bytes_or("max_payload", packets.max_payload, Bytes(16), Bytes(4096));
  if ((packets.max_payload.value() & (packets.max_payload.value() - 1)) != 0) {
    throw reader.error("max_payload", "must be a power of two: requests are split at its multiples");
  }
  const auto size = [&](const char* key, Bytes otherwise) {
    return reader.bytes_or(key, otherwise, Bytes(1), Bytes(1024));
  };
  packets.read_request = size("read_request", packets.read_request);
  packets.read_response = size("read_response", packets.read_response);
  packets.write_request = size("write_request", packets.write_request);
  packets.write_response = size("write_response", packets.write_response);
  packets.atomic_request = size("atomic_request", packets.atomic_request);
  packets.atomic_response = size("atomic_response", packets.atomic_response);
  packets.byte_enable = reader.bytes_or("byte_enable", packets.byte_enable, Bytes(0), Bytes(1024));
  packets.posted_writes = reader.boolean_or("posted_writes", packets.posted_writes);
  return packets;
}

void read_vcs(const Reader& reader, std::int64_t endpoints, TrafficClass& cls) {
  const auto node = reader.optional_node("vcs");
  cls.per_destination = node && node->is_scalar() && node->text() == "per_destination";
  if (!cls.per_destination) {
    cls.vcs = reader.integer_or("vcs", cls.vcs, 1, max_vcs);
    return;
  }
  cls.vcs = endpoints;
  if (endpoints < 1 || endpoints > max_vcs) {
    throw node->error("one VC a destination needs a fabric of 1 to " + std::to_string(max_vcs) +
                      " GPUs; this one has " + std::to_string(endpoints));
  }
}

/// Slots of every VC hold its longest packet, so that a whole packet can always be granted.
std::vector<TrafficClass> read_classes(const Reader& reader, const Profile& profile, std::int64_t endpoints) {
  std::vector<TrafficClass> classes;
  std::int64_t vcs = 0;
  for (const auto& item : reader.list("classes")) {
    const auto entry = item.reader();
    TrafficClass cls;
    cls.name = entry.text("name");
    for (const auto& other : classes) {
      if (other.name == cls.name) throw entry.error("name", "two classes are named '" + cls.name + "'");
    }
    read_vcs(entry, endpoints, cls);
    vcs += cls.vcs;
    if (vcs > max_vcs) throw item.error("all classes together have at most " + std::to_string(max_vcs) + " VCs");
    cls.reserve = entry.count("slots", "flits", 1, max_slots);
    const auto longest = longest_packet(profile, cls);
    if (cls.reserve < longest) {
      throw entry.error("slots", "the longest packet of '" + cls.name + "' is " + std::to_string(longest) +
                                     " flits: every VC needs that many slots");
    }
    classes.push_back(cls);
  }
  if (classes.empty()) throw reader.error("classes", "a protocol has at least one class");
  return classes;
}

void read_buffers(const Reader& reader, Profile& profile) {
  enum class Kind { private_slots, shared };
  const auto kind =
      reader.choice_or<Kind>("kind", Kind::private_slots, {{"private", Kind::private_slots}, {"shared", Kind::shared}});
  profile.shared_pool = kind == Kind::shared;
  if (!profile.shared_pool) return;
  profile.pool_depth = reader.count("pool", "flits", 1, max_slots);
  std::int64_t reserved = 0;
  for (const auto& cls : profile.classes) reserved += cls.vcs * cls.reserve;
  if (profile.pool_depth < reserved) {
    throw reader.error("pool", "the classes reserve " + std::to_string(reserved) + " slots of it");
  }
}

}  // namespace

Profile read_profile(const Reader& reader, std::int64_t endpoints) {
  Profile profile;
  profile.name = reader.text("name");
  profile.core_clock = reader.clock("core_clock");
  profile.flit = reader.bytes("flit", Bytes(1), Bytes(4096));
  profile.wire_unit = reader.bytes_or("wire_unit", profile.flit, Bytes(1), Bytes(4096));
  if (profile.flit % profile.wire_unit != Bytes(0)) {
    throw reader.error("wire_unit", "must divide the flit's " + format(profile.flit));
  }
  profile.lanes = read_lanes(reader.section("lanes"));
  profile.frame = read_frame(reader.section_or_empty("frame"), profile.wire_unit);
  profile.fec = read_fec(reader.section_or_empty("fec"), profile.wire_unit);
  profile.credits = read_credits(reader.section_or_empty("credits"), profile.wire_unit);
  read_link_layer(reader.section_or_empty("link_layer"), profile);
  profile.packets = read_packets(reader.section_or_empty("packets"));
  profile.recovery = read_recovery(reader.section_or_empty("recovery"));
  profile.order = reader.choice_or<Order>(
      "order", profile.order, {{"none", Order::none}, {"region", Order::region}, {"destination", Order::destination}});
  profile.classes = read_classes(reader, profile, endpoints);
  read_buffers(reader.section_or_empty("buffers"), profile);
  return profile;
}

void check_core_rate(const Profile& profile, bool core_limited, const Node& clock_node) {
  // flit / period >= payload rate, in integers: bits x 1e15 fs/s x denominator >= numerator x period.
  const auto core =
      static_cast<Int128>(profile.flit.value() * 8) * one_second().value() * profile.payload_rate_denominator();
  const auto wire = static_cast<Int128>(profile.payload_rate_numerator()) * profile.core_clock.period().value();
  if (core >= wire || core_limited) return;
  throw clock_node.error("one flit of " + format(profile.flit) +
                         " a cycle is less than the link's payload rate; take "
                         "a faster clock or longer flits, or say `core_limited: true` in the scenario");
}

}  // namespace fs
