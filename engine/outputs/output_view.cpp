#include "engine/outputs/output_view.hpp"

#include <fmt/format.h>

#include "engine/config/config_output.hpp"
#include "engine/config/output_formats.hpp"
#include "engine/formats/format_columns.hpp"
#include "engine/training/holdout.hpp"
#include "engine/training/training_members.hpp"

namespace retort::engine {
namespace {

bool wants_metadata(const output_config& of) {
  return of.metadata.value_or(find_output_format(of.format)->has_metadata);
}

bool has_reasoning_member(const output_config& of) {
  using enum reasoning_place;
  return of.reasoning == keep || of.reasoning == field;
}

// In metadata where a table has them: it has no place of their own for the calls of tools.
csv_columns all_columns(const output_config& of) {
  csv_columns members = members_of(*find_output_format(of.format));
  const bool is_plain = of.format == "csv" || of.format == "prompt_completion";
  if (is_plain && has_reasoning_member(of)) members.push_back(of.reasoning_field);
  members.insert(members.end(), of.columns.begin(), of.columns.end());
  if (wants_metadata(of)) members.emplace_back("metadata");
  return members;
}

// engine/training/training_members.hpp
io::parquet_column metadata_column() {
  using enum io::column_type;
  return {"metadata",
          record,
          {{"sample_id", text},
           {"model", text},
           {"temperature", real},
           {"variant", text},
           {"prompt_length", whole},
           {"completion_length", whole},
           {"finish_reason", text},
           {"shortened", record, {{"max_tokens", whole}, {"cut", whole}}}}};
}

// Of what a dataset holds no type is known before its last row: texts, as in a table of CSV.
std::vector<io::parquet_column> typed_columns(const config& asked, const output_config& of) {
  auto all = columns_of_format(asked, of);
  for (const std::string& one : of.columns) all.push_back({one, io::column_type::text});
  if (wants_metadata(of)) all.push_back(metadata_column());
  return all;
}

}  // namespace

std::uint32_t step_of_output(const config& run, const output_config& of) {
  for (std::uint32_t step = 0; step < last_step(run); ++step) {
    if (step_of(run, step).step == of.step) return step;
  }
  return last_step(run);
}

output_view::output_view(const config& run, const output_config& of)
    : view(view_kind::exported, path_of(run, of)),
      run_(&run),
      of_(&of),
      is_table_(engine::is_table(of)),
      has_metadata_(wants_metadata(of)),
      columns_(all_columns(of)),
      step_(step_of_output(run, of)) {
  is_typed_ = is_parquet(of);
  has_calls_ = may_call(asked());
}

std::string output_view::path(std::size_t n) const {
  return of_->shard_mb == 0 ? view::path(n) : shard_path(view::path(), n);
}

bool output_view::is_of(const sample& judged) const {
  return judged.key.step == step_ && is_in_part_of(*of_, *run_, judged);
}

bool output_view::has_no_place_for_calls_of(const sample& judged) const {
  if (!is_typed_ || has_calls_ || judged.completion.tool_calls.empty()) return false;
  return find_output_format(of_->format)->has_field || of_->format == "gemini";
}

example output_view::as_example(const sample& judged) const {
  return {*run_, *of_, judged, conversation_of(*run_, *of_, judged)};
}

void output_view::write_closing(const sample& judged, io::json_writer& json) const {
  if (!of_->columns.empty()) write_columns(*of_, judged, json);
  if (!has_metadata_) return;
  json.key("metadata");
  write_metadata(*run_, json, judged, is_table_ ? calls::within : calls::beside);
}

bool output_view::end_line(std::string_view row, std::string& out) const {
  if (is_table_) return append_csv_row(row, columns_, out);
  out += '\n';
  return true;
}

line_file_form output_view::form() const {
  line_file_form out;
  if (is_table_) append_csv_header(columns_, out.header);
  out.shard_bytes = of_->shard_mb * 1'000'000;
  if (is_typed_) out.columns = typed_columns(asked(), *of_);
  return out;
}

}  // namespace retort::engine
