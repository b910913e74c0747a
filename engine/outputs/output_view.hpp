// What all views of an output share: whose samples it has, what its files are called and look like,
// what of ours stands in its lines besides. Immutable; any thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/config/config.hpp"
#include "engine/formats/example.hpp"
#include "engine/outputs/csv_row.hpp"
#include "engine/outputs/line_file.hpp"
#include "engine/views/view.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

class output_view : public view {
 public:
  // Both outlive it.
  output_view(const config& run, const output_config& of);

  std::string path(std::size_t n = 0) const override;
  // Accepted samples may break a rule of its format.
  virtual bool has_rules() const = 0;

 protected:
  const config& run() const { return *run_; }
  const output_config& output() const { return *of_; }
  bool is_table() const { return is_table_; }
  bool is_typed() const { return is_typed_; }
  // Its table has types, and no place for the calls that the sample's model made without being
  // offered any tool.
  bool has_no_place_for_calls_of(const sample& judged) const;
  bool has_metadata() const { return has_metadata_; }
  std::uint32_t step() const { return step_; }
  // The sample's step and its part of the records are this output's.
  bool is_of(const sample& judged) const;

  example as_example(const sample& judged) const;
  // Behind the format's own members: the dataset's columns and the metadata, as far as the output
  // has them.
  void write_closing(const sample& judged, io::json_writer& json) const;
  // Ends the line that is an object: of a table it is `row`, and appended as one; else it is there.
  // False where that cannot be.
  bool end_line(std::string_view row, std::string& out) const;
  line_file_form form() const;
  const config& asked() const { return step_of(*run_, step_); }

 private:
  const config* run_;
  const output_config* of_;
  bool is_table_, has_metadata_;
  bool is_typed_, has_calls_;
  csv_columns columns_;
  std::uint32_t step_;
};

// The step of that name, or the last.
std::uint32_t step_of_output(const config& run, const output_config& of);

}  // namespace retort::engine
