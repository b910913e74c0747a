// An output whose lines are each of one sample. Immutable; any thread.
#pragma once

#include <optional>

#include "engine/formats/formats.hpp"
#include "engine/outputs/output_view.hpp"
#include "engine/where/jq_program.hpp"

namespace retort::engine {

class line_output : public output_view {
 public:
  // In a format of the table.
  line_output(const config& run, const output_config& of, const format& how)
      : output_view(run, of), how_(&how) {}

  bool has_rules() const override { return how_->has_rules || is_table() || is_typed(); }
  std::string_view render(const sample& judged, std::string& out) const override;
  result<std::unique_ptr<view_writer>> begin(view_files& files) const override;

 private:
  bool is_wanted(const sample& judged) const;
  broken_rule write(const sample& judged, std::string& object) const;

  const format* how_;
};

// Lines are what a program in jq's language makes of a sample: none, one, or several.
class jq_output : public output_view {
 public:
  jq_output(const config& run, const output_config& of, jq_program program)
      : output_view(run, of), program_(std::move(program)) {}

  bool has_rules() const override { return true; }
  std::string_view render(const sample& judged, std::string& out) const override;
  result<std::unique_ptr<view_writer>> begin(view_files& files) const override;

 private:
  jq_program program_;
};

}  // namespace retort::engine
