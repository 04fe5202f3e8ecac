// SPDX-License-Identifier: Apache-2.0
// Reads the keys of one mapping, remembers which were read, and refuses the rest.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/error.hpp"
#include "config/node.hpp"

namespace fs {

class Document;

/// One mapping of a document. Copies share what they have read.
///
/// x(key, ...) wants the key to be there; x_or(key, default, ...) takes the default otherwise, and records it as if it
/// had been written. Ranges are inclusive and are not applied to defaults. Every method throws ConfigError: at the
/// value if it is wrong, at the mapping if the key is missing. Integer methods return the type of `min` or of the
/// default.
class Reader {
 public:
  // Numbers without a unit.
  template <class T>
  T integer(const std::string& key, T min, typename detail::Same<T>::type max) const {
    return node(key).integer(min, max);
  }
  template <class T>
  T integer_or(const std::string& key, T otherwise, typename detail::Same<T>::type min,
               typename detail::Same<T>::type max) const {
    if (const auto given = find(key)) return given->integer<T>(min, max);
    record(key, std::to_string(otherwise));
    return otherwise;
  }
  double number(const std::string& key, double min, double max) const { return node(key).number(min, max); }
  double number_or(const std::string& key, double otherwise, double min, double max) const;
  /// A share or probability, 0 to 1.
  double ratio(const std::string& key, double min = 0, double max = 1) const { return number(key, min, max); }
  double ratio_or(const std::string& key, double otherwise, double min = 0, double max = 1) const {
    return number_or(key, otherwise, min, max);
  }
  bool boolean(const std::string& key) const { return node(key).boolean(); }
  bool boolean_or(const std::string& key, bool otherwise) const;
  std::string text(const std::string& key) const { return node(key).text(); }
  std::string text_or(const std::string& key, const std::string& otherwise) const;

  // Quantities with a unit; see units.hpp for the units of each.
  Femtoseconds time(const std::string& key, Femtoseconds min = Femtoseconds(0),
                    Femtoseconds max = Femtoseconds::max()) const {
    return node(key).time(min, max);
  }
  Femtoseconds time_or(const std::string& key, Femtoseconds otherwise, Femtoseconds min = Femtoseconds(0),
                       Femtoseconds max = Femtoseconds::max()) const;
  Clock clock(const std::string& key) const { return node(key).clock(); }
  Clock clock_or(const std::string& key, Clock otherwise) const;
  Bytes bytes(const std::string& key, Bytes min = Bytes(0), Bytes max = Bytes::max()) const {
    return node(key).bytes(min, max);
  }
  Bytes bytes_or(const std::string& key, Bytes otherwise, Bytes min = Bytes(0), Bytes max = Bytes::max()) const;
  BitsPerSecond rate(const std::string& key, BitsPerSecond min = BitsPerSecond(1),
                     BitsPerSecond max = BitsPerSecond::max()) const {
    return node(key).rate(min, max);
  }
  BitsPerSecond rate_or(const std::string& key, BitsPerSecond otherwise, BitsPerSecond min = BitsPerSecond(1),
                        BitsPerSecond max = BitsPerSecond::max()) const;
  Micrometres length(const std::string& key, Micrometres min = Micrometres(0),
                     Micrometres max = Micrometres::max()) const {
    return node(key).length(min, max);
  }
  Micrometres length_or(const std::string& key, Micrometres otherwise, Micrometres min = Micrometres(0),
                        Micrometres max = Micrometres::max()) const;
  /// A whole number with a unit of its own: count("depth", "flits", 1, 64) reads "depth: 16flits".
  std::int64_t count(const std::string& key, std::string_view unit, std::int64_t min = 0,
                     std::int64_t max = std::numeric_limits<std::int64_t>::max()) const {
    return node(key).count(unit, min, max);
  }
  std::int64_t count_or(const std::string& key, std::string_view unit, std::int64_t otherwise, std::int64_t min = 0,
                        std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  /// A decimal with a unit of its own: measure("loss", "dB/km", 0, 10) reads "loss: 0.2dB/km".
  double measure(const std::string& key, std::string_view unit, double min, double max) const {
    return node(key).measure(unit, min, max);
  }
  double measure_or(const std::string& key, std::string_view unit, double otherwise, double min, double max) const;
  Cycles cycles(const std::string& key, Cycles min = Cycles(0), Cycles max = Cycles::max()) const {
    return node(key).cycles(min, max);
  }
  Cycles cycles_or(const std::string& key, Cycles otherwise, Cycles min = Cycles(0), Cycles max = Cycles::max()) const {
    return Cycles(count_or(key, "cycles", otherwise.value(), min.value(), max.value()));
  }

  // One of a few names: choice<Mode>("mode", {{"fast", Mode::fast}, {"exact", Mode::exact}}).
  template <class E>
  E choice(const std::string& key, std::initializer_list<Choice<E>> choices) const {
    return node(key).choice<E>(choices);
  }
  template <class E>
  E choice_or(const std::string& key, E otherwise, std::initializer_list<Choice<E>> choices) const {
    if (const auto given = find(key)) return given->choice<E>(choices);
    for (const auto& choice : choices) {
      if (choice.value == otherwise) record(key, choice.name);
    }
    return otherwise;
  }

  // What is nested.
  Reader section(const std::string& key) const { return node(key).reader(); }
  std::optional<Reader> optional_section(const std::string& key) const;
  /// section(key), or an empty mapping where there is none: a section whose keys all have defaults.
  Reader section_or_empty(const std::string& key) const;
  std::vector<Node> list(const std::string& key) const { return node(key).items(); }
  std::vector<Node> list_or_empty(const std::string& key) const;
  /// A value of any kind, for what is sometimes a name and sometimes a mapping.
  Node node(const std::string& key) const;
  std::optional<Node> optional_node(const std::string& key) const { return find(key); }

  /// Whether the key is there; a key that was asked for is a known one, but is not read by asking.
  bool has(const std::string& key) const;
  /// All keys in the order of the text: for mappings whose keys are names.
  std::vector<std::string> keys() const;

  /// Makes what was read from `other` the effective value of `key`: a file that this mapping names. Reading may go on.
  void adopt(const std::string& key, Document& other) const;

  /// Refuses keys that were never read, here and in every mapping read through this reader.
  void finish() const;

  SourcePosition position() const;
  /// From the document's root; empty for the root itself.
  const std::string& path() const;
  /// An error at this mapping: throw reader.error("ports x speed exceeds the core").
  ConfigError error(const std::string& message) const;
  /// An error at the value of `key`, or at this mapping if the key is missing.
  ConfigError error(const std::string& key, const std::string& message) const;

 private:
  friend class Node;
  friend class Document;
  explicit Reader(std::shared_ptr<detail::ReaderState> state) : state_(std::move(state)) {}

  std::optional<Node> find(const std::string& key) const;
  /// Records a default as plain YAML text (or as text to quote where needed).
  void record(const std::string& key, const std::string& text) const;

  std::shared_ptr<detail::ReaderState> state_;
};

}  // namespace fs
