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

std::optional<decontaminate_config> read_decontaminate(yaml_section& filter) {
  if (!filter.has("decontaminate")) return std::nullopt;
  yaml_section section = filter.section("decontaminate");
  decontaminate_config out;
  out.against = section.texts("against");
  out.fields = section.texts("fields");
  out.n = static_cast<std::uint32_t>(section.whole("n").value_or(out.n));
  for (const char* needed : {"against", "fields"}) {
    if (!section.has(needed)) section.fail(fmt::format("needs {}", needed));
  }
  return out;
}

std::optional<unique_config> read_unique(yaml_section& filter) {
  if (!filter.has("unique")) return std::nullopt;
  yaml_section section = filter.section("unique");
  unique_config out;
  const auto by = section.text("by");
  if (by == "prompt") out.by = unique_by::prompt;
  if (by == "reference") out.by = unique_by::reference;
  out.near = section.real("near");
  return out;
}

// What can never be is said before it is paid for.
std::optional<std::uint32_t> read_per_record(yaml_section& section, const config& read) {
  const auto most = section.whole("per_record");
  if (!most) return std::nullopt;
  if (read.samples.until_accepted > *most) {
    section.fail("per_record",
                 fmt::format("is {}, below samples.until_accepted, which is {}: so many can never "
                             "be accepted",
                             *most, read.samples.until_accepted));
  }
  return static_cast<std::uint32_t>(*most);
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
  out.decontaminate = read_decontaminate(section);
  out.unique = read_unique(section);
  out.per_record = read_per_record(section, read);
  if (out.min_length && out.max_length && *out.min_length > *out.max_length) {
    section.fail("min_length", fmt::format("is {}, above filter.max_length, which is {}",
                                           *out.min_length, *out.max_length));
  }
  return out;
}

}  // namespace retort::engine
