#include "engine/outputs/outputs.hpp"

#include <iterator>

#include "engine/outputs/dataset_info.hpp"
#include "engine/outputs/line_output.hpp"
#include "engine/outputs/record_output.hpp"
#include "engine/outputs/rejected_output.hpp"

namespace retort::engine {
namespace {

// The key table knows no other format, and no program that does not compile.
std::unique_ptr<output_view> view_of(const config& run, const output_config& of) {
  if (of.format == "jq") {
    return std::make_unique<jq_output>(run, of, jq_program::compile(of.jq).value());
  }
  if (const format* const lines = find_format(of.format)) {
    return std::make_unique<line_output>(run, of, *lines);
  }
  return std::make_unique<record_output>(run, of, *find_record_format(of.format));
}

}  // namespace

view_list views_of(const config& run) {
  view_list views;
  if (run.shard) return views;
  for (const output_config& one : run.outputs) {
    auto made = view_of(run, one);
    const output_view& own = *made;
    views.push_back(std::move(made));
    if (one.rejected) views.push_back(make_rejected(run, one, own));
  }
  auto others = dataset_info_views(run);
  views.insert(views.end(), std::make_move_iterator(others.begin()),
               std::make_move_iterator(others.end()));
  return views;
}

}  // namespace retort::engine
