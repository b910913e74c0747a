// YAML text as a tree of plain values in which every node knows where it was written. yaml-cpp
// parses; its own nodes are left aside because they forget duplicate keys and where a key stood,
// share what an alias names, and throw.
//
// Bounds: 4 MiB of YAML, 64 levels; with aliases expanded 100,000 nodes and 16 MiB of text. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "io/base/error.hpp"

namespace retort::engine {

inline constexpr std::size_t max_yaml_bytes = std::size_t{4} << 20;

struct yaml_node {
  enum class kind { null, text, list, map };

  kind type = kind::null;
  std::string text = {};  // of a scalar, as UTF-8
  bool quoted = false;    // a scalar in quotes or a block: text, whatever it looks like
  std::vector<yaml_node> children =
      {};                  // elements of a list, values of a map, in the order written
  std::string where = {};  // "config.yaml:12:3", or the origin of an override
  std::string key = {};    // the name of a map's child, and the place of that name
  std::string key_where = {};

  // The child of that name, or null; a node that is no map has none.
  const yaml_node* child(std::string_view name) const;
  yaml_node* child(std::string_view name);
};

// Parses one YAML document; an empty one is a null node. `name` stands for the file in places,
// whose lines and columns (in bytes) count from 1. Errors are errc::usage with the place: text that
// is not UTF-8 or not YAML, duplicate keys, keys that are not words, tags, a second document.
result<yaml_node> parse_yaml(const std::string& text, const std::string& name);

// The same for a value from the command line, whose place is `origin` throughout. "-" is text
// there, as in dataset.path=-, and no list of nothing.
result<yaml_node> parse_yaml_value(const std::string& text, const std::string& origin);

// A value from the command line that is one text, not YAML. errc::usage when it is not UTF-8 or
// holds a control character.
result<yaml_node> text_value(const std::string& text, const std::string& origin);

}  // namespace retort::engine
