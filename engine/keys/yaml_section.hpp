// Reads one map of a YAML tree by the table of known keys: typed values, and one clear line for the
// first thing that is wrong, with its place, what was found and what was expected.
//
// An error does not interrupt the reading: the value counts as not set, and whoever began the
// reading looks at yaml_reading::problem in the end. A key without a value is a key not set.
// One thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/keys/config_key.hpp"
#include "engine/keys/yaml_tree.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// What all sections of one tree share.
struct yaml_reading {
  std::span<const config_key> keys;
  std::optional<error> problem = {};  // the first one

  void fail(std::string_view where, std::string_view what);
};

class yaml_section {
 public:
  // The whole tree. `root`, a map, and `reading` must outlive the section and those made from it.
  yaml_section(const yaml_node& root, yaml_reading& reading);

  // Whether `key` has a value; the names of all keys here, with a value or without.
  bool has(std::string_view key) const;
  bool is_map(std::string_view key) const;
  std::vector<std::string_view> names() const;

  // The value of a key of this section, which must be in the table: checked by its row there.
  // Nothing (or empty) when it is not set or wrong; a required key that is not set is wrong.
  std::optional<std::string> text(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  std::optional<bool> flag(std::string_view key);
  std::optional<std::int64_t> whole(std::string_view key);
  std::optional<double> real(std::string_view key);
  std::map<std::string, std::string> options(std::string_view key);
  std::optional<std::string> json(std::string_view key);  // compact
  // As its row says, whatever that is: a number as short as can be, true or false, JSON as text.
  std::vector<std::string> values(const config_key& row);
  // The rows of what stands right below this section.
  std::vector<config_key> rows() const;

  // A map below this one, empty when it is not set; a list of maps.
  yaml_section section(std::string_view key);
  std::vector<yaml_section> sections(std::string_view key);

  // Records that `key`, or the section itself, is wrong: "place: models.0.<key> <what>".
  void fail(std::string_view key, std::string_view what);
  void fail(std::string_view what);

 private:
  yaml_section(const yaml_node& node, std::string path, std::string pattern, std::string where,
               yaml_reading& reading);

  // What a node says under a row of the table; nothing when it is not that.
  template <class T>
  using converter = std::optional<T> (*)(const yaml_node&, const config_key&);
  template <class T>
  std::optional<T> value(std::string_view key, converter<T> convert);
  template <class T>
  std::optional<T> check(const yaml_node& node, std::string_view path, const config_key& row,
                         converter<T> convert);

  const yaml_node* find(std::string_view key) const;
  const yaml_node* find_value(const config_key& row, std::string_view key);
  const config_key& row_of(std::string_view key) const;
  std::string path_of(std::string_view key) const;
  std::string pattern_of(std::string_view key) const;

  void check_names();
  std::string unknown(std::string_view name) const;
  std::string_view elsewhere(std::string_view name) const;
  void unexpected(const yaml_node& node, std::string_view path, std::string_view expected);

  const yaml_node* node_;
  std::string path_;     // "models.0": how messages and overrides call it
  std::string pattern_;  // "models[]": how the table calls it
  std::string where_;
  yaml_reading* reading_;
};

}  // namespace retort::engine
