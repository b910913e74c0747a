#include "engine/outputs/rejected_output.hpp"

#include "engine/config/config_output.hpp"
#include "engine/outputs/line_writer.hpp"
#include "engine/sample/line_writer.hpp"
#include "engine/training/holdout.hpp"
#include "engine/training/training_members.hpp"

namespace retort::engine {
namespace {

void write_judgement(io::json_writer& json, const sample& of) {
  if (!of.step.empty()) json.member("step", of.step);
  json.member("reason", of.rejected ? name(*of.rejected) : std::string_view());
  if (!of.reject_detail.empty()) json.member("detail", of.reject_detail);
  if (of.reference) json.member("reference", *of.reference);
  json.key("evaluations");
  json.open_array();
  for (const auto& one : of.evaluations) {
    json.open_object();
    json.member("name", one.name);
    json.member("score", one.score);
    json.member("detail", one.detail);
    json.close_object();
  }
  json.close_array();
}

class rejected_output : public view {
 public:
  rejected_output(const config& run, const output_config& of, const output_view& beside)
      : view(view_kind::rejected, rejected_path_of(run, of)),
        run_(&run),
        of_(&of),
        beside_(&beside),
        step_(step_of_output(run, of)) {}

  std::string_view render(const sample& judged, std::string& out) const override {
    const bool is_of_step = of_->step.empty() || judged.key.step == step_;
    if (!is_of_step || !is_in_part_of(*of_, *run_, judged)) return {};
    if (judged.verdict() == verdict::rejected) write(judged, out);
    if (judged.verdict() == verdict::accepted && beside_->has_rules()) write_misfit(judged, out);
    return {};
  }

  result<std::unique_ptr<view_writer>> begin(view_files& files) const override {
    return begin_lines(this, files, *run_, *of_, {});
  }

 private:
  void write_misfit(const sample& judged, std::string& out) const {
    std::string fitting;
    const std::string_view rule = beside_->render(judged, fitting);
    if (rule.empty()) return;
    sample other = judged;
    other.rejected = reject_reason::format;
    other.reject_detail = rule;
    write(other, out);
  }
  void write(const sample& judged, std::string& out) const {
    io::json_writer json(out);
    json.open_object();
    write_training_members(*run_, json, judged);
    write_judgement(json, judged);
    json.close_object();
    out += '\n';
  }

  const config* run_;
  const output_config* of_;
  const output_view* beside_;
  std::uint32_t step_;
};

}  // namespace

std::unique_ptr<const view> make_rejected(const config& run, const output_config& of,
                                          const output_view& beside) {
  return std::make_unique<rejected_output>(run, of, beside);
}

}  // namespace retort::engine
