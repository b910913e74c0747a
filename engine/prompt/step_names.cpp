#include "engine/prompt/step_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/near_miss.hpp"

namespace retort::engine {
namespace {

constexpr std::array<std::string_view, 3> fields = {"text", "json", "reasoning"};

std::string_view cut_first(std::string_view& path) {
  const std::size_t dot = std::min(path.find('.'), path.size());
  const std::string_view name = path.substr(0, dot);
  path.remove_prefix(std::min(path.size(), dot + 1));
  return name;
}

error bad_name(std::string_view path, const std::string& why) {
  return {errc::usage, fmt::format("{{{{{}}}}} {}", path, why)};
}

// What is so of a name that is no earlier step's.
std::string why_not_earlier(const config& run, std::uint32_t step, std::string_view name) {
  std::vector<std::string_view> earlier;
  earlier.reserve(step);
  for (std::uint32_t i = 0; i <= last_step(run); ++i) {
    const std::string& one = step_of(run, i).step;
    if (i < step) earlier.emplace_back(one);
    if (one != name || i < step) continue;
    return i == step ? "is the answer of this very step; expected one that comes before it"
                     : fmt::format("is of the step \"{}\", which comes later", name);
  }
  if (earlier.empty()) return "names a step, and none comes before this one";
  return fmt::format("names no step{}; those before this one: {}", did_you_mean(name, earlier),
                     fmt::join(earlier, ", "));
}

result<void> check_field(std::string_view path, std::string_view field, bool is_section) {
  if (field.empty() && is_section) return {};
  if (std::ranges::find(fields, field) != fields.end()) return {};
  return bad_name(path, fmt::format("is nothing that a step hands on{}; expected .text, .json or "
                                    ".reasoning behind its name",
                                    did_you_mean(field, fields)));
}

result<void> check_name(std::string_view path, bool is_section, const config& run,
                        std::uint32_t step) {
  std::string_view rest = path;
  if (cut_first(rest) != "steps") return {};
  if (rest.empty()) return bad_name(path, "names no step; expected {{steps.NAME.text}}");
  const std::string_view name = cut_first(rest);
  for (std::uint32_t i = 0; i < step; ++i) {
    if (step_of(run, i).step == name) return check_field(path, cut_first(rest), is_section);
  }
  return bad_name(path, why_not_earlier(run, step, name));
}

}  // namespace

result<void> check_step_names(const prompt_template& text, const config& run, std::uint32_t step) {
  if (run.step.empty()) return {};
  for (const auto& [name, is_section] : text.mentions()) {
    auto checked = check_name(name, is_section, run, step);
    if (!checked) return checked;
  }
  return {};
}

result<void> check_no_step_names(const prompt_template& text, const config& run) {
  if (run.step.empty()) return {};
  for (const auto& [name, is_section] : text.mentions()) {
    std::string_view rest = name;
    if (cut_first(rest) != "steps") continue;
    return bad_name(name,
                    "names a step, whose answers only prompts have; expected a field of the "
                    "record");
  }
  return {};
}

}  // namespace retort::engine
