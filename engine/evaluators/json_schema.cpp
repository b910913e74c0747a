#include "engine/evaluators/json_schema.hpp"

// Debian's valijson ends the process at a bad schema unless this is set.
#define VALIJSON_USE_EXCEPTIONS 1

#include <fmt/format.h>

#include <boost/json/src.hpp>
#include <cmath>
#include <memory>
#include <optional>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "engine/answers/answer_text.hpp"
#include "engine/answers/json_answer.hpp"
#include "engine/evaluators/schema_check.hpp"
#include "engine/text/shown_text.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

namespace json = boost::json;
using adapter = valijson::adapters::BoostJsonAdapter;

// Of an answer: what is longer, or deeper, is not looked at.
constexpr std::size_t longest_json = std::size_t{1} << 20, longest_compared = std::size_t{16} << 10;
constexpr std::size_t deepest_json = 64;

struct schema_rule {
  std::shared_ptr<const valijson::Schema> schema;
  bool compares_items = false;
};

std::optional<json::value> parsed(std::string_view text) {
  json::parse_options how;
  how.max_depth = deepest_json;
  boost::system::error_code failed;
  auto value = json::parse({text.data(), text.size()}, failed, {}, how);
  return failed ? std::nullopt : std::optional(std::move(value));
}

// 3.0 is an integer to the standard, which valijson goes by how it is written.
void write_integers(json::value& in) {
  if (json::array* const list = in.if_array()) {
    for (json::value& one : *list) write_integers(one);
  } else if (json::object* const map = in.if_object()) {
    for (auto& member : *map) write_integers(member.value());
  } else if (const double* const number = in.if_double()) {
    constexpr double exact = 9007199254740992;  // 2^53
    if (std::abs(*number) <= exact && std::trunc(*number) == *number) {
      in = static_cast<std::int64_t>(*number);
    }
  }
}

std::string_view without_fence(std::string_view text) {
  constexpr std::string_view fence = "```";
  if (!text.starts_with(fence) || !text.ends_with(fence) || text.size() < 2 * fence.size()) {
    return text;
  }
  text.remove_suffix(fence.size());
  return text.substr(std::min(text.find('\n'), text.size()));
}

std::optional<json::value> json_in(std::string_view answer) {
  auto whole = parsed(without_fence(trim(answer)));
  if (!whole) whole = parsed(last_json(answer));
  if (whole) write_integers(*whole);
  return whole;
}

std::string first_problem(const schema_rule& rule, const json::value& value) {
  if (rule.compares_items) return "does not follow the schema";  // there may be millions of pairs
  valijson::ValidationResults results;
  valijson::Validator().validate(*rule.schema, adapter(value), &results);
  valijson::ValidationResults::Error first;
  if (!results.popError(first)) return "does not follow the schema";
  std::string place;
  for (std::size_t i = 1; i < first.context.size(); ++i) place += first.context[i];
  return excerpt(fmt::format("{}{}{}", place, place.empty() ? "" : ": ", first.description));
}

judgement follow(const schema_rule& rule, const candidate& what) {
  const auto answer = answer_part(what.answer);
  const std::size_t longest = rule.compares_items ? longest_compared : longest_json;
  if (answer.size() > longest) {
    return unscored(fmt::format("more than {} KiB are not looked at", longest >> 10));
  }
  const auto value = json_in(answer);
  if (!value) return right_or_wrong(false, "no whole JSON");
  const bool follows = valijson::Validator().validate(*rule.schema, adapter(*value), nullptr);
  return right_or_wrong(follows, follows ? "" : first_problem(rule, *value));
}

// valijson's only way to say what is wrong are exceptions.
std::string populate(const json::value& from, valijson::Schema& into) {
  try {
    valijson::SchemaParser().populateSchema(adapter(from), into);
  } catch (const std::exception& bad) {
    return "is no JSON Schema; valijson says " + shown(bad.what());
  }
  return "";
}

// What we would not judge by is not looked at.
void note_doubt(const std::string& key, json::value schema, std::vector<std::string>& into) {
  if (!problem_with_schema(schema).empty()) return;
  drop_annotations(schema);
  valijson::Schema made;
  const std::string problem = populate(schema, made);
  if (!problem.empty()) into.push_back(key + " " + problem);
}

result<evaluator> make_json_schema(const evaluator_config& config) {
  auto schema = parsed(config.text("schema").value_or(""));
  if (!schema) {
    return error{errc::usage, fmt::format("schema is no JSON of at most {} levels", deepest_json)};
  }
  spell_as_draft_7(*schema);
  const std::string problem = problem_with_schema(*schema);
  if (!problem.empty()) return error{errc::usage, "schema " + problem};
  const bool compares = compares_items(*schema);
  drop_annotations(*schema);
  auto made = std::make_shared<valijson::Schema>();
  const std::string invalid = populate(*schema, *made);
  if (!invalid.empty()) return error{errc::usage, "schema " + invalid};
  return evaluator{std::bind_front(follow, schema_rule{std::move(made), compares})};
}

}  // namespace

std::vector<std::string> doubtful_schemas(std::string_view response_schema,
                                          std::string_view tools) {
  std::vector<std::string> out;
  if (auto schema = parsed(response_schema)) {
    note_doubt("sampling.response_schema", std::move(*schema), out);
  }
  const auto list = parsed(tools);
  if (!list || !list->is_array()) return out;
  for (std::size_t i = 0; i < list->get_array().size(); ++i) {
    boost::system::error_code lacks;
    const json::value* const found =
        list->get_array()[i].find_pointer("/function/parameters", lacks);
    const std::string key = fmt::format("sampling.tools.{}.function.parameters", i);
    if (found) note_doubt(key, *found, out);
  }
  return out;
}

evaluator_kind json_schema() {
  return {"json_schema",
          {rows::key(shapes::verdicts, "evaluate[].json_schema.schema", value_kind::json_map,
                     rows::required,
                     "JSON Schema (draft 7, 2020-12) that the answer's JSON must follow")},
          make_json_schema};
}

}  // namespace retort::engine
