#include "engine/prompt/constant_prompt.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "engine/prompt/prompt_template.hpp"

namespace retort::engine {
namespace {

// One that is not well-formed is an error elsewhere.
bool is_constant(const std::string& text) {
  const auto parsed = prompt_template::parse(text);
  return parsed && !parsed->uses_record();
}

// {q}, as other tools write it.
std::string what_was_meant(const std::string& text) {
  static const re2::RE2 single(R"((?:^|[^{])\{([A-Za-z_][A-Za-z0-9_.]*)\})");
  std::string name;
  if (!re2::RE2::PartialMatch(text, single, &name)) return "a field is written {{name}}";
  return fmt::format("did you mean {{{{{0}}}}} for {{{0}}}?", name);
}

std::string warn(std::string_view key, std::string_view what, const std::string& text) {
  return fmt::format("{} has no tag: {}; {}", key, what, what_was_meant(text));
}

// Of one prompt; "" where it is well.
std::string warning_of(const prompt_config& prompt) {
  std::string all = prompt.system.value_or("");
  bool constant = !prompt.messages_field && (!prompt.system || is_constant(*prompt.system));
  if (prompt.user) {
    constant = constant && is_constant(*prompt.user);
    all += '\n' + *prompt.user;
  }
  for (const auto& one : prompt.messages) {
    constant = constant && is_constant(one.content);
    all += '\n' + one.content;
  }
  const std::string_view key = prompt.user ? "prompt.user" : "prompt.messages";
  return constant ? warn(key, "every record is asked the same", all) : "";
}

// Nothing twice.
void warn_of_step(const config& asked, std::vector<std::string>& warnings) {
  for (std::uint32_t i = 0; i < combinations_of(asked); ++i) {
    const variation* const varied = variation_of(asked, i);
    std::string warning = warning_of(varied ? varied->prompt : asked.prompt);
    const bool is_new = std::ranges::find(warnings, warning) == warnings.end();
    if (!warning.empty() && is_new) warnings.push_back(std::move(warning));
  }
}

}  // namespace

std::vector<std::string> warn_of_constant_templates(const config& run) {
  std::vector<std::string> warnings;
  for (std::uint32_t step = 0; step <= last_step(run); ++step) {
    warn_of_step(step_of(run, step), warnings);
  }
  if (run.reference && is_constant(run.reference->text)) {
    warnings.push_back(
        warn("reference.template", "every record has the same reference", run.reference->text));
  }
  return warnings;
}

}  // namespace retort::engine
