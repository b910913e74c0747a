// A row of the table of the config's keys, and what follows from it. Each part of the program
// writes the rows of its own keys; config_keys() in engine/config has them all. Immutable; any
// thread.
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
  choices,    // one of them or a list of some
  options,    // a map of scalars whose keys are not ours to know
  lists,      // a map of keys, each with a list of values
  json_map,   // a map, or a text that is a JSON object
  json_list,  // a list, or a text that is a JSON array
  section,    // a map, empty unless other rows are keys of it
  refused,    // must not be set; `meaning` says what to do instead
};

// What another value of the key changes, the first of these that fits, and with it what a resume
// may do about the change: refuse it (answers), judge again and make the views anew without a
// request (verdicts, views), or just go on (speed: how a run goes and where, none of its data).
enum class shapes { answers, verdicts, views, speed };
std::string_view name(shapes);

// Both ends included, unless `above` says that the lower one is not.
struct value_range {
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  bool above = false;
};

struct config_key {
  engine::shapes shapes;
  std::string_view path;  // "models[].timeout_s": [] stands for the elements of a list
  value_kind kind;
  std::string default_value;  // as shown; `required` when there is none
  std::string_view meaning;
  value_range range = {};
  std::vector<std::string_view> choices = {};
  bool is_listed = true;  // in the reference; the row of another key may speak for it

  bool is_required() const;
};

// Rows of the usual kinds.
namespace rows {

config_key key(shapes what, std::string_view path, value_kind kind, std::string_view default_value,
               std::string_view meaning);
config_key ranged(shapes what, std::string_view path, value_kind kind, value_range range,
                  std::string_view default_value, std::string_view meaning);
config_key one_of(shapes what, std::string_view path, std::vector<std::string_view> choices,
                  std::string_view default_value, std::string_view meaning);
config_key some_of(shapes what, std::string_view path, std::vector<std::string_view> choices,
                   std::string_view default_value, std::string_view meaning);
// The default of a key that must be set.
inline constexpr std::string_view required = "required";

}  // namespace rows

// The name that a path begins with.
std::string_view first_name(std::string_view path);
// What is left of `path` below the section, or "" when it is not in there.
std::string_view path_below(std::string_view section, std::string_view path);

// What a value of this key must be: "a number from 0 to 2".
std::string expected(const config_key& key);

// The names accepted in the section that `pattern` ("", "sampling", "models[]") stands for.
std::vector<std::string_view> accepted_names(std::span<const config_key> keys,
                                             std::string_view pattern);

}  // namespace retort::engine
