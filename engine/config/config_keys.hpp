// The one table of the config's keys. Reading, error messages and the printed reference all follow
// it, so that what is documented is what is accepted. Immutable; any thread.
#pragma once

#include <limits>
#include <optional>
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
  json_map,   // a map, or a text that is a JSON object
  json_list,  // a list, or a text that is a JSON array
  section,    // a map without keys
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

const std::vector<config_key>& config_keys();

// How the table calls a place in a config: "models.0.mock.wrong" -> "models[].mock.wrong".
std::string pattern_at(std::string_view place);

// The row of a place in a config, "models.0.mock.wrong" or "sampling.stop.1": its own, or that of
// the list or map around it. Null when there is none.
const config_key* find_key(std::string_view place);
// What a place shapes; a section ("evaluate.0") what its keys shape. Nothing for an unknown key.
std::optional<shapes> shapes_of(std::string_view place);

// What a value of this key must be: "a number from 0 to 2".
std::string expected(const config_key& key);

// The names accepted in the section that `pattern` ("", "sampling", "models[]") stands for.
std::vector<std::string_view> accepted_names(std::span<const config_key> keys,
                                             std::string_view pattern);

}  // namespace retort::engine
