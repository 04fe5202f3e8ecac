// SPDX-License-Identifier: Apache-2.0
// One configuration text: read, checked, changed from the command line, and printed back as it took effect.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/error.hpp"
#include "config/node.hpp"
#include "config/reader.hpp"

namespace fs {

/// A YAML mapping with the position of every value. Every failure is a ConfigError.
///
/// Refused at load: a missing, unreadable or oversized file, a directory, text that is not UTF-8, malformed YAML, a
/// root that is not a mapping, two equal keys in one mapping, tags, more than one YAML document, excessive nesting, and
/// aliases that refer to themselves or expand to too much. Anchors and aliases are otherwise expanded in place.
///
/// Usage: load, set() and replace() what the command line says, then read through root(), then root().finish().
/// Changing the document after root() was handed out starts a new reading. Readers and nodes stay valid for as long as
/// they live.
class Document {
 public:
  static constexpr std::size_t max_bytes = 4U << 20U;   ///< larger texts are refused before they are parsed
  static constexpr std::size_t max_values = 1'000'000;  ///< values after expanding aliases
  static constexpr int max_depth = 64;                  ///< nesting of mappings and lists

  static Document from_file(const std::string& path);
  /// `name` takes the file's place in positions.
  static Document from_text(std::string_view text, const std::string& name);

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  /// An independent copy of the input, changes by set() included, with nothing read yet.
  Document clone() const;

  /// Sets the value at `path` ("a.b[2].c") to `value_text`, which is parsed as YAML, so lists and mappings work.
  /// Missing mapping keys are created; list entries must exist. Positions inside the value, and errors of the path
  /// itself, print as "<origin> <path>=<value>:line:column".
  void set(const std::string& path, const std::string& value_text, const std::string& origin = "--set");
  /// Sets the value at `path` to a copy of `value`, of this document or another, which keeps its own position.
  void set(const std::string& path, const Node& value);
  /// Puts another document's input in place of the value at `path`, keeping its own positions: a file that another
  /// names.
  void replace(const std::string& path, const Document& other);
  /// Fills the mapping at `path` with what it lacks of another document's: keys of both that are mappings in both are
  /// merged, a key without a value here leaves out the other's, any other key here stands. A file that another one
  /// refines. Throws ConfigError unless there is a mapping at `path`.
  void underlay(const std::string& path, const Document& other);
  /// Removes the key at `path`; false if it was not there.
  bool remove(const std::string& path);
  /// The value at `path`, or nothing. Looking does not count as reading.
  std::optional<Node> find(const std::string& path) const;

  /// The reader of the root mapping; the same one each time.
  Reader root();

  /// Everything that was read, in the order of reading, with defaults filled in and units kept. Reading this text
  /// again gives the same values. Values handed out as nodes and not read further appear as they were given.
  std::string effective_yaml() const;

  /// The file or name it was loaded from.
  const std::string& name() const;

 private:
  friend class Reader;
  struct State;
  explicit Document(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fs
