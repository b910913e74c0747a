#include "engine/judging/answered_template.hpp"

#include "engine/prompt/record_json.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {
namespace {

std::string fields_of(std::string_view completion, const std::optional<std::string>& reference) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("completion", completion);
  if (reference) json.member("reference", *reference);
  json.close_object();
  return out;
}

}  // namespace

result<answered_template> answered_template::parse(std::string_view text) {
  auto parsed = prompt_template::parse(text);
  if (!parsed) return parsed.error();
  return answered_template(std::move(*parsed));
}

result<std::string> answered_template::render(std::string_view row, std::string_view completion,
                                              const std::optional<std::string>& reference) const {
  auto record = parse_record(scratch_->record, row, true);
  if (!record) return record.error();
  auto answer = parse_record(scratch_->answer, fields_of(completion, reference), true);
  if (!answer) return answer.error();
  std::string out;
  auto rendered = text_.render(*record, *answer, out);
  if (!rendered) return rendered.error();
  return out;
}

}  // namespace retort::engine
