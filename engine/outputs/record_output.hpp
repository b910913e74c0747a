// An output whose lines are made of all samples of a record, once those are there: they are held
// until then (held_samples.hpp). Immutable; any thread.
#pragma once

#include "engine/formats/record_formats.hpp"
#include "engine/outputs/output_view.hpp"

namespace retort::engine {

class record_output : public output_view {
 public:
  record_output(const config& run, const output_config& of, const record_format& how)
      : output_view(run, of), how_(&how) {}

  bool has_rules() const override { return true; }
  bool is_of_records() const override { return true; }
  std::string_view render(const sample& judged, std::string& out) const override;
  result<std::unique_ptr<view_writer>> begin(view_files& files) const override;

 private:
  class writer;
  bool is_wanted(const sample& judged) const;

  const record_format* how_;
};

}  // namespace retort::engine
