#include "engine/outputs/line_output.hpp"

#include "engine/config/output_formats.hpp"
#include "engine/outputs/line_writer.hpp"
#include "engine/outputs/unlearnt_turns.hpp"
#include "engine/training/training_members.hpp"

namespace retort::engine {

bool line_output::is_wanted(const sample& judged) const {
  return judged.verdict() == verdict::accepted && is_of(judged);
}

broken_rule line_output::write(const sample& judged, std::string& object) const {
  const bool has_place = !is_table() || has_metadata() || judged.completion.tool_calls.empty();
  if (!has_place && !how_->has_rules) return "a table without metadata has no place for calls";
  if (has_no_place_for_calls_of(judged)) return "no tools are offered, and it calls one";
  if (has_unlearnt_turn(judged) && find_output_format(output().format)->teaches_all_turns) {
    return "every turn of the assistant is learnt, and one has weight 0";
  }
  const std::size_t before = object.size();
  io::json_writer json(object);
  json.open_object();
  const auto broken = how_->write(as_example(judged), json);
  if (!broken.empty()) {
    object.resize(before);
    return broken;
  }
  write_closing(judged, json);
  json.close_object();
  return {};
}

std::string_view line_output::render(const sample& judged, std::string& out) const {
  if (!is_wanted(judged)) return {};
  std::string row;
  auto broken = write(judged, is_table() ? row : out);
  if (broken.empty() && end_line(row, out)) return {};
  if (broken.empty()) broken = "it can be a row of a table";
  return broken;
}

result<std::unique_ptr<view_writer>> line_output::begin(view_files& files) const {
  return begin_lines(this, files, run(), output(), form());
}

std::string_view jq_output::render(const sample& judged, std::string& out) const {
  if (judged.verdict() != verdict::accepted || !is_of(judged)) return {};
  const conversation said = as_example(judged).said;
  if (said.is_only_thought) return only_thought;
  std::string record;
  append_whole_record(run(), output(), said, judged, record);
  const auto made = program_.transform(record);
  if (!made.problem.empty()) return "the jq program comes to an answer";
  for (const std::string& line : made.values) out.append(line) += '\n';
  return {};
}

result<std::unique_ptr<view_writer>> jq_output::begin(view_files& files) const {
  return begin_lines(this, files, run(), output(), form());
}

}  // namespace retort::engine
