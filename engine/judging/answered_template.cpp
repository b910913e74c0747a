#include "engine/judging/answered_template.hpp"

#include "engine/prompt/record_json.hpp"
#include "engine/prompt/step_names.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {
namespace {

std::string fields_of(std::span<const named_text> named) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  for (const auto& [name, text] : named) json.member(name, text);
  json.close_object();
  return out;
}

}  // namespace

result<answered_template> answered_template::parse(std::string_view text, const config& run) {
  auto parsed = prompt_template::parse(text);
  if (!parsed) return parsed.error();
  auto checked = check_no_step_names(*parsed, run);
  if (!checked) return checked.error();
  return answered_template(std::move(*parsed));
}

result<std::string> answered_template::render(std::string_view row, std::string_view completion,
                                              const std::optional<std::string>& reference) const {
  const std::string_view right = reference ? std::string_view(*reference) : std::string_view();
  const named_text named[] = {{"completion", completion}, {"reference", right}};
  return render(row, std::span(named).first(reference ? 2 : 1));
}

result<std::string> answered_template::render(std::string_view row,
                                              std::span<const named_text> named) const {
  auto record = parse_record(scratch_->record, row);
  if (!record) return record.error();
  auto answer = parse_answers(scratch_->answer, fields_of(named));
  if (!answer) return answer.error();
  std::string out;
  auto rendered = text_.render(*record, *answer, out);
  if (!rendered) return rendered.error();
  return out;
}

}  // namespace retort::engine
