// SPDX-License-Identifier: Apache-2.0
// One configuration value with its position and path, and its conversions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/clock.hpp"
#include "common/quantity.hpp"
#include "config/error.hpp"
#include "config/units.hpp"

namespace fs {

class Reader;

namespace detail {
struct Value;
struct Effective;
struct ReaderState;

/// How to leave one parameter out of template argument deduction.
template <class T>
struct Same {
  using type = T;
};
}  // namespace detail

/// One name of a choice and what it stands for.
template <class E>
struct Choice {
  const char* name;
  E value;
};

/// A value of a document. Conversions throw ConfigError at its position, saying what is allowed; ranges are inclusive.
class Node {
 public:
  bool is_scalar() const;
  bool is_map() const;
  bool is_list() const;

  SourcePosition position() const;
  /// From the document's root: "a.b[2].c".
  const std::string& path() const { return path_; }
  /// An error at this position: throw node.error("must be even").
  ConfigError error(const std::string& message) const;

  /// The entries of a list.
  std::vector<Node> items() const;
  /// This mapping's reader; the same one each time. It is finished with the reader that this node came from.
  Reader reader() const;

  std::string text() const;
  bool boolean() const;
  /// A whole number of the type of `min`.
  template <class T>
  T integer(T min, typename detail::Same<T>::type max) const {
    static_assert(std::is_integral<T>::value, "bounds of an integer are integers");
    return static_cast<T>(integer_in(static_cast<std::int64_t>(min), static_cast<std::int64_t>(max)));
  }
  double number(double min, double max) const;
  double ratio(double min = 0, double max = 1) const { return number(min, max); }
  Femtoseconds time(Femtoseconds min = Femtoseconds(0), Femtoseconds max = Femtoseconds::max()) const;
  Clock clock() const;
  Bytes bytes(Bytes min = Bytes(0), Bytes max = Bytes::max()) const;
  BitsPerSecond rate(BitsPerSecond min = BitsPerSecond(1), BitsPerSecond max = BitsPerSecond::max()) const;
  Micrometres length(Micrometres min = Micrometres(0), Micrometres max = Micrometres::max()) const;
  /// A whole number with a unit of its own: node.count("flits", 1, 64) reads "16flits".
  std::int64_t count(std::string_view unit, std::int64_t min = 0,
                     std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  /// A decimal with a unit of its own: node.measure("dB/km", 0, 10) reads "0.2dB/km".
  double measure(std::string_view unit, double min, double max) const;
  Cycles cycles(Cycles min = Cycles(0), Cycles max = Cycles::max()) const {
    return Cycles(count("cycles", min.value(), max.value()));
  }
  /// One of a few names: node.choice<Mode>({{"fast", Mode::fast}, {"exact", Mode::exact}}).
  template <class E>
  E choice(std::initializer_list<Choice<E>> choices) const {
    std::vector<const char*> names;
    for (const auto& choice : choices) names.push_back(choice.name);
    return (choices.begin() + choice_index(names))->value;
  }

 private:
  friend class Reader;
  friend class Document;
  Node(std::shared_ptr<const detail::Value> value, std::string path, std::shared_ptr<detail::Effective> effective,
       std::shared_ptr<detail::ReaderState> owner);

  const std::string& scalar(const char* wanted) const;
  std::int64_t integer_in(std::int64_t min, std::int64_t max) const;
  std::size_t choice_index(const std::vector<const char*>& names) const;

  std::shared_ptr<const detail::Value> value_;
  std::string path_;
  std::shared_ptr<detail::Effective> effective_;
  std::shared_ptr<detail::ReaderState> owner_;
};

}  // namespace fs
