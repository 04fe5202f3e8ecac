// SPDX-License-Identifier: Apache-2.0
// Loads and stores of a TLM-2.0 master travel from one GPU to the other through a pin-level design: SystemC that
// Verilator made of somebody's SystemVerilog. Says what was done, and ends with status 0 when all of it was right.
#include <Vcore.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "../support/foreign_master.hpp"
#include "pin_core.hpp"
#include "two_gpus.hpp"

namespace {

using Data = std::vector<unsigned char>;

Data pattern(std::size_t bytes, unsigned seed) {
  Data data(bytes);
  for (std::size_t i = 0; i < bytes; ++i) data[i] = static_cast<unsigned char>((i + seed) * 37 >> 1);
  return data;
}

struct Tally {
  int right = 0;
  int wrong = 0;
  int finished = 0;
};

constexpr unsigned threads = 8, rounds = 20;
constexpr std::size_t bytes = 600;

/// Writes and reads back places of both GPUs, each thread its own.
void work(foreign::BlockingMaster& master, const fs::test::TwoGpus& rack, unsigned thread, Tally& tally) {
  for (unsigned i = 0; i < rounds; ++i) {
    const std::uint64_t place = rack.address(static_cast<int>((thread + i) % 2), 4096U * thread + 150U * i);
    const Data data = pattern(bytes, 31 * thread + i);
    const bool written = master.write(place, data) == tlm::TLM_OK_RESPONSE;
    const bool same = written && master.read(place, bytes) == data;
    ++(same ? tally.right : tally.wrong);
  }
  ++tally.finished;
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  Verilated::commandArgs(argc, argv);
  fs::tlm::set_femtosecond_resolution();
  auto core = std::make_unique<fs::test::PinCore>("pins", sc_core::sc_time(500, sc_core::SC_PS));
  fs::test::PinCore& pins = *core;
  Vcore design("design");
  pins.bind(design);
  fs::test::TwoGpus rack("rack", std::move(core), fs::test::PinCore::latency);

  Tally tally;
  foreign::BlockingMaster masters[2] = {foreign::BlockingMaster("master0"), foreign::BlockingMaster("master1")};
  for (std::size_t g = 0; g < 2; ++g) {
    masters[g].socket.bind(rack.face(g).socket);
    for (unsigned t = 0; t < threads / 2; ++t) {
      const unsigned thread = static_cast<unsigned>(g) * threads / 2 + t;
      masters[g].add_thread([&rack, &tally, thread](foreign::BlockingMaster& m) { work(m, rack, thread, tally); });
    }
  }
  sc_core::sc_start(sc_core::sc_time(2, sc_core::SC_MS));

  const bool ok = tally.wrong == 0 && tally.finished == threads && tally.right == threads * rounds && rack.clean() &&
                  rack.middle().flit_hops() > 0;
  std::printf("%d accesses right, %d wrong; %llu flits through the design in %llu clock edges; %s\n", tally.right,
              tally.wrong, static_cast<unsigned long long>(rack.middle().flit_hops()),
              static_cast<unsigned long long>(pins.edges), ok ? "ok" : "FAILED");
  return ok ? 0 : 1;
}

int main(int argc, char* argv[]) {
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  return sc_core::sc_elab_and_sim(argc, argv);
}
