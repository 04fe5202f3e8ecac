// SPDX-License-Identifier: Apache-2.0
// Verilator's FST writer with signals of our own. Its interface for that is not public: written for Verilator 5.006.
#include "system/waves/fst_file.hpp"

// Before SystemC: with VL_TIME_CONTEXT, the runtime's headers want no sc_time_stamp().
#include <verilated_fst_c.h>

#include <algorithm>
#include <systemc>
#include <utility>

#include "common/check.hpp"
#include "system/report/output.hpp"

namespace fs {
namespace {

/// The writer's handle is a private member; an explicit instantiation may name it.
template <class Tag, typename Tag::Member member>
struct Reach {
  friend typename Tag::Member reach(Tag) { return member; }
};
struct FstHandle {
  using Member = void* VerilatedFst::*;
  friend Member reach(FstHandle);
};
template struct Reach<FstHandle, &VerilatedFst::m_fst>;

/// A trace file of the kernel's that nobody traces through: the kernel is wanted for its calls of cycle() only.
class KernelTraceFile : public sc_core::sc_trace_file {
 public:
  void write_comment(const std::string&) override {}
  void set_time_unit(double, sc_core::sc_time_unit) override {}
  void trace(const unsigned int&, const std::string&, const char**) override {}
#define FARSPAN_IGNORE(type) \
  void trace(const type&, const std::string&) override {}
#define FARSPAN_IGNORE_WIDE(type) \
  void trace(const type&, const std::string&, int) override {}
  FARSPAN_IGNORE(sc_core::sc_event)
  FARSPAN_IGNORE(sc_core::sc_time)
  FARSPAN_IGNORE(bool)
  FARSPAN_IGNORE(sc_dt::sc_bit)
  FARSPAN_IGNORE(sc_dt::sc_logic)
  FARSPAN_IGNORE_WIDE(unsigned char)
  FARSPAN_IGNORE_WIDE(unsigned short)
  FARSPAN_IGNORE_WIDE(unsigned int)
  FARSPAN_IGNORE_WIDE(unsigned long)
  FARSPAN_IGNORE_WIDE(char)
  FARSPAN_IGNORE_WIDE(short)
  FARSPAN_IGNORE_WIDE(int)
  FARSPAN_IGNORE_WIDE(long)
  FARSPAN_IGNORE_WIDE(sc_dt::int64)
  FARSPAN_IGNORE_WIDE(sc_dt::uint64)
  FARSPAN_IGNORE(float)
  FARSPAN_IGNORE(double)
  FARSPAN_IGNORE(sc_dt::sc_int_base)
  FARSPAN_IGNORE(sc_dt::sc_uint_base)
  FARSPAN_IGNORE(sc_dt::sc_signed)
  FARSPAN_IGNORE(sc_dt::sc_unsigned)
  FARSPAN_IGNORE(sc_dt::sc_fxval)
  FARSPAN_IGNORE(sc_dt::sc_fxval_fast)
  FARSPAN_IGNORE(sc_dt::sc_fxnum)
  FARSPAN_IGNORE(sc_dt::sc_fxnum_fast)
  FARSPAN_IGNORE(sc_dt::sc_bv_base)
  FARSPAN_IGNORE(sc_dt::sc_lv_base)
#undef FARSPAN_IGNORE
#undef FARSPAN_IGNORE_WIDE
};

struct Names {
  std::string title;
  std::vector<std::string> names;
  fstEnumHandle handle = 0;
};

struct Signal {
  int bits = 0;  ///< 0: a lane
  bool changed = false;
  fstHandle handle = 0;
  std::uint32_t value = 0;
  std::string text;
};

/// What the file's hierarchy consists of, in order.
struct Declaration {
  enum class Kind { enter, leave, signal } kind;
  std::string name;
  SignalId signal{};
  ValueNames names = ValueNames::none;
};

std::string binary(std::size_t value, unsigned bits) {
  std::string text(bits, '0');
  for (unsigned i = 0; i < bits; ++i) text[bits - 1 - i] = static_cast<char>('0' + ((value >> i) & 1));
  return text;
}

}  // namespace

class FstFile::Writer final : public KernelTraceFile, public VerilatedFstC {
 public:
  explicit Writer(std::function<void(Femtoseconds)> end_of_instant) : end_of_instant_(std::move(end_of_instant)) {
    sc_core::sc_get_curr_simcontext()->add_trace_file(this);
    spTrace()->set_time_unit("1s");
    spTrace()->set_time_resolution(sc_core::sc_get_time_resolution().to_string());
    spTrace()->addInitCb([](void* self, VerilatedFst*, std::uint32_t) { static_cast<Writer*>(self)->declare(); }, this);
    const VerilatedFst::dumpCb_t full = [](void* self, VerilatedFst::Buffer*) {
      static_cast<Writer*>(self)->write_all();
    };
    const VerilatedFst::dumpCb_t changed = [](void* self, VerilatedFst::Buffer*) {
      static_cast<Writer*>(self)->write_changed();
    };
    spTrace()->addFullCb(full, this);
    spTrace()->addChgCb(changed, this);
  }
  ~Writer() override { sc_core::sc_get_curr_simcontext()->remove_trace_file(this); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void cycle(bool delta) override {
    if (!delta) end_of_instant_(Femtoseconds(static_cast<std::int64_t>(sc_core::sc_time_stamp().value())));
  }

  void* handle() { return spTrace()->*reach(FstHandle()); }

  void declare() {
    void* const fst = handle();
    fstWriterSetVersion(fst, "farspan");
    for (Names& table : names_) declare_names(table);
    for (const Declaration& d : declarations_) {
      switch (d.kind) {
        case Declaration::Kind::enter:
          fstWriterSetScope(fst, FST_ST_VCD_MODULE, d.name.c_str(), nullptr);
          break;
        case Declaration::Kind::leave:
          fstWriterSetUpscope(fst);
          break;
        case Declaration::Kind::signal:
          declare_signal(d);
          break;
      }
    }
  }

  void declare_names(Names& table) {
    unsigned bits = 1;
    while ((1U << bits) < table.names.size()) ++bits;
    std::vector<std::string> values;
    std::vector<const char*> name_pointers, value_pointers;
    for (std::size_t i = 0; i < table.names.size(); ++i) values.push_back(binary(i, bits));
    for (std::size_t i = 0; i < table.names.size(); ++i) {
      name_pointers.push_back(table.names[i].c_str());
      value_pointers.push_back(values[i].c_str());
    }
    table.handle =
        fstWriterCreateEnumTable(handle(), table.title.c_str(), static_cast<std::uint32_t>(table.names.size()), bits,
                                 name_pointers.data(), value_pointers.data());
  }

  void declare_signal(const Declaration& d) {
    Signal& signal = signals_[static_cast<std::size_t>(d.signal)];
    void* const fst = handle();
    if (signal.bits == 0) {
      signal.handle = fstWriterCreateVar(fst, FST_VT_GEN_STRING, FST_VD_IMPLICIT, 0, d.name.c_str(), 0);
      return;
    }
    if (d.names != ValueNames::none) {
      fstWriterEmitEnumTableRef(fst, names_[static_cast<std::size_t>(d.names) - 1].handle);
    }
    signal.handle = fstWriterCreateVar(fst, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, static_cast<std::uint32_t>(signal.bits),
                                       d.name.c_str(), 0);
  }

  void write(Signal& signal) {
    signal.changed = false;
    if (signal.bits != 0) {
      fstWriterEmitValueChange32(handle(), signal.handle, static_cast<std::uint32_t>(signal.bits), signal.value);
    } else {
      fstWriterEmitVariableLengthValueChange(handle(), signal.handle, signal.text.data(),
                                             static_cast<std::uint32_t>(signal.text.size()));
    }
  }
  void write_all() {
    for (Signal& signal : signals_) write(signal);
    changed_.clear();
  }
  void write_changed() {
    for (const auto i : changed_) write(signals_[i]);
    changed_.clear();
  }

  void dump_at(std::uint64_t time, bool with_models) {
    if (time < next_time_) {
      // The same instant again: the file is still at it, unless it is a new one.
      if (!first_) write_changed();
      return;
    }
    next_time_ = time + 1;
    if (with_models || first_) {
      first_ = false;
      dump(time);
    } else {
      fstWriterEmitTimeChange(handle(), time);
      write_changed();
    }
  }

  std::function<void(Femtoseconds)> end_of_instant_;
  std::vector<Names> names_;
  std::vector<Declaration> declarations_;
  std::vector<Signal> signals_;
  std::vector<std::string> paths_;
  std::vector<std::string> scopes_;
  std::vector<std::uint32_t> changed_;
  std::uint64_t next_time_ = 0;
  bool first_ = true;
};

FstFile::FstFile(std::function<void(Femtoseconds)> end_of_instant)
    : writer_(std::make_unique<Writer>(std::move(end_of_instant))) {}

FstFile::~FstFile() = default;

ValueNames FstFile::add_names(const std::string& title, std::vector<std::string> names) {
  FS_CHECK(!names.empty(), "a table of names must have some");
  writer_->names_.push_back({title, std::move(names), 0});
  return static_cast<ValueNames>(writer_->names_.size());
}

void FstFile::enter(const std::string& scope) {
  writer_->declarations_.push_back({Declaration::Kind::enter, scope, {}, {}});
  writer_->scopes_.push_back((writer_->scopes_.empty() ? "" : writer_->scopes_.back()) + scope + '.');
}

void FstFile::leave() {
  FS_CHECK(!writer_->scopes_.empty(), "more scopes left than entered");
  writer_->declarations_.push_back({Declaration::Kind::leave, {}, {}, {}});
  writer_->scopes_.pop_back();
}

SignalId FstFile::add_number(const std::string& name, int bits, ValueNames names) {
  FS_CHECK(bits >= 1 && bits <= 32, name + ": a number has 1 to 32 bits");
  Writer& w = *writer_;
  const auto id = static_cast<SignalId>(w.signals_.size());
  const std::string range = bits == 1 ? "" : '[' + std::to_string(bits - 1) + ":0]";
  w.declarations_.push_back({Declaration::Kind::signal, name + (bits == 1 ? "" : ' ' + range), id, names});
  w.signals_.emplace_back();
  w.signals_.back().bits = bits;
  w.paths_.push_back((w.scopes_.empty() ? "" : w.scopes_.back()) + name + range);
  return id;
}

SignalId FstFile::add_lane(const std::string& name) {
  Writer& w = *writer_;
  const auto id = static_cast<SignalId>(w.signals_.size());
  w.declarations_.push_back({Declaration::Kind::signal, name, id, {}});
  w.signals_.emplace_back();
  w.paths_.push_back((w.scopes_.empty() ? "" : w.scopes_.back()) + name);
  return id;
}

std::size_t FstFile::signal_count() const { return writer_->signals_.size(); }

const std::string& FstFile::path(SignalId signal) const { return writer_->paths_[static_cast<std::size_t>(signal)]; }

VerilatedFstC& FstFile::verilated() { return *writer_; }

void FstFile::open(const std::filesystem::path& file) {
  FS_CHECK(writer_->scopes_.empty(), "a scope was entered and not left");
  writer_->VerilatedFstC::open(file.c_str());
  if (!writer_->isOpen()) throw OutputError("cannot write " + file.string());
  writer_->first_ = true;
}

void FstFile::close() {
  if (writer_->isOpen()) writer_->VerilatedFstC::close();
}

bool FstFile::is_open() const { return writer_->isOpen(); }

void FstFile::flush() { writer_->VerilatedFstC::flush(); }

void FstFile::set(SignalId id, std::uint32_t value) {
  Signal& signal = writer_->signals_[static_cast<std::size_t>(id)];
  if (signal.value == value) return;
  signal.value = value;
  if (!std::exchange(signal.changed, true)) writer_->changed_.push_back(static_cast<std::uint32_t>(id));
}

void FstFile::set(SignalId id, const std::string& text) {
  Signal& signal = writer_->signals_[static_cast<std::size_t>(id)];
  if (signal.text == text) return;
  signal.text = text;
  if (!std::exchange(signal.changed, true)) writer_->changed_.push_back(static_cast<std::uint32_t>(id));
}

void FstFile::dump(Femtoseconds time, bool with_models) {
  writer_->dump_at(static_cast<std::uint64_t>(time.value()), with_models);
}

}  // namespace fs
