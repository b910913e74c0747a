#include "engine/config/config_filter.hpp"

#include <fmt/format.h>

#include "engine/where/jq_program.hpp"
#include "providers/body/finish.hpp"

namespace retort::engine {
namespace {

// Compiled once here, so that what does not compile is known with its place.
std::optional<std::string> read_where(yaml_section& section) {
  auto text = section.text("where");
  if (!text) return text;
  const auto compiled = jq_program::compile(*text);
  if (!compiled) {
    section.fail("where", "is no jq program; jq says: " + compiled.error().message);
  }
  return text;
}

}  // namespace

filter_config read_filter(yaml_section section, const config& read) {
  filter_config out;
  if (section.has("finish")) out.finish.clear();
  for (const auto& word : section.texts("finish")) {
    out.finish.push_back(providers::finish_named(word));
  }
  out.only_correct = section.flag("only_correct");
  out.min_length = section.whole("min_length");
  out.max_length = section.whole("max_length");
  if (out.only_correct == true && !any_decides(read.evaluate)) {
    section.fail("only_correct",
                 fmt::format("needs an evaluator{}; set evaluate, or only_correct to false",
                             read.evaluate.empty() ? "" : " that decides"));
  }
  out.where = read_where(section);
  if (out.min_length && out.max_length && *out.min_length > *out.max_length) {
    section.fail("min_length", fmt::format("is {}, above filter.max_length, which is {}",
                                           *out.min_length, *out.max_length));
  }
  return out;
}

}  // namespace retort::engine
