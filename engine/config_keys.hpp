// The one table of the config's keys. Reading, error messages and the printed reference all follow
// it, so that what is documented is what is accepted. Immutable; any thread.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retort::engine {

enum class value_kind {
  text,       // any scalar, not empty
  texts,      // one text or a list of them
  flag,       // true or false
  whole,      // a whole number within `range`
  real,       // a number within `range`
  choice,     // one of `choices`
  options,    // a map of scalars whose keys are not ours to know
  json_map,   // a map, or a text that is a JSON object
  json_list,  // a list, or a text that is a JSON array
  section,    // a map without keys
  refused,    // must not be set; `meaning` says what to do instead
};

// Both ends included, unless `above` says that the lower one is not.
struct value_range {
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  bool above = false;
};

struct config_key {
  std::string_view path;  // "models[].timeout_s": [] stands for the elements of a list
  value_kind kind;
  std::string default_value;  // as shown; `required` when there is none
  std::string_view meaning;
  value_range range = {};
  std::vector<std::string_view> choices = {};
  bool is_listed = true;  // in the reference; the row of another key may speak for it

  bool is_required() const;
};

const std::vector<config_key>& config_keys();

// What a value of this key must be: "a number from 0 to 2".
std::string expected(const config_key& key);

// The names accepted in the section that `pattern` ("", "sampling", "models[]") stands for.
std::vector<std::string_view> accepted_names(std::span<const config_key> keys,
                                             std::string_view pattern);

}  // namespace retort::engine
