// An element of a config's `evaluate`: which evaluator, and what the config says of it. Plain
// values; any thread.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retort::engine {

class yaml_section;
struct evaluator_kind;

struct evaluator_config {
  std::string kind;       // a name of the registry
  std::string name = {};  // of its evaluations; "": the kind's
  double threshold = 1;   // the score from which a sample is correct
  std::optional<bool> decides = {};
  // Its own keys that are set, checked by their rows: "pattern" -> {"A: (.*)"}; several values are
  // those of a list, a map is its JSON text, a flag true or false.
  std::map<std::string, std::vector<std::string>, std::less<>> keys = {};

  std::string_view called() const { return name.empty() ? kind : name; }
  // Nothing where the key is not set.
  std::optional<std::string> text(std::string_view key) const;
  std::span<const std::string> texts(std::string_view key) const;
  bool is_set(std::string_view flag) const;  // and true
};

// Whether that one must hold a sample correct for it to be: those that say so, else the first.
bool decides(std::span<const evaluator_config>, std::size_t which);
bool any_decides(std::span<const evaluator_config>);

// What an answer is compared with: as the config says, or what most answers say.
enum class reference_from { config, majority, nowhere };

// Reads the evaluators of `evaluate` and makes each once, so that what cannot be made is known with
// its place: the section's reading has the problem then.
std::vector<evaluator_config> read_evaluators(yaml_section& section,
                                              std::span<const evaluator_kind> known,
                                              reference_from from);

// The values that shape a verdict, as "evaluate.0.numeric.pattern" -> "A: (.*)" for `path`
// "evaluate.0". What is as by default is left out.
std::map<std::string, std::string> shaping_of(const evaluator_config&, const std::string& path,
                                              std::span<const evaluator_kind> known);

}  // namespace retort::engine
