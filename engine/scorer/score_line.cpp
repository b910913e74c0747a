#include "engine/scorer/score_line.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include "engine/text/shown_text.hpp"
#include "io/base/json_writer.hpp"
#include "io/base/one_line.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t longest_detail = 300;
constexpr std::string_view expected =
    "expected {\"id\": the sample's, \"score\": 0 to 1, \"detail\": \"...\"} on one line";

error refused(std::string_view what, std::string_view line) {
  return {errc::protocol,
          fmt::format("the command's answer {} {}; {}", shown(line), what, expected)};
}

// Whose answer it is, as text whatever it was written as.
bool is_of(const dom::object& answer, std::string_view id) {
  dom::element said;
  if (answer["id"].get(said) != simdjson::SUCCESS) return true;
  std::string_view text;
  if (said.get(text) == simdjson::SUCCESS) return text == id;
  return providers::exact_json(said) == id;
}

result<std::optional<double>> score_of(const dom::object& answer, std::string_view line) {
  dom::element said;
  if (answer["score"].get(said) != simdjson::SUCCESS) return refused("has no score", line);
  if (said.is_null()) return std::optional<double>();
  double score = 0;
  if (said.get(score) != simdjson::SUCCESS) return refused("has a score that is no number", line);
  if (score < 0 || score > 1) return refused("has a score that is not in [0,1]", line);
  return std::optional(score);
}

std::string detail_of(const dom::object& answer) {
  std::string_view text;
  if (answer["detail"].get(text) != simdjson::SUCCESS) return {};
  return io::one_line(text, longest_detail);
}

}  // namespace

std::string score_line(const score_request& what) {
  std::string line;
  io::json_writer json(line);
  json.open_object();
  json.member("id", what.id);
  json.member("prompt", what.prompt);
  json.member("completion", what.completion);
  json.member("reference", what.reference);
  json.close_object();
  line += '\n';
  return line;
}

result<score_answer> read_score(std::string_view line, std::string_view id) {
  providers::json_parser parser;
  dom::element root;
  dom::object answer;
  if (parser.parse(line).get(root) != simdjson::SUCCESS || root.get(answer) != simdjson::SUCCESS) {
    return refused("is no JSON object", line);
  }
  if (!is_of(answer, id)) return refused("is to another id than " + shown(id), line);
  const auto score = score_of(answer, line);
  if (!score) return score.error();
  return score_answer{*score, detail_of(answer), answer["id"].error() == simdjson::SUCCESS};
}

}  // namespace retort::engine
