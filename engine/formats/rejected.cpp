#include "engine/formats/rejected.hpp"

#include "engine/sample/line_writer.hpp"
#include "engine/training/training_members.hpp"
#include "engine/views/line_view.hpp"

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
    write_score(json, one.score);
    json.member("detail", one.detail);
    json.close_object();
  }
  json.close_array();
}

class rejected_view : public line_view {
 public:
  rejected_view(const config& run, std::string path)
      : line_view(view_kind::rejected, std::move(path)), run_(&run) {}

  void render(const sample& judged, std::string& out) const override {
    if (judged.verdict() != verdict::rejected) return;
    io::json_writer json(out);
    json.open_object();
    write_training_members(*run_, json, judged);
    write_judgement(json, judged);
    json.close_object();
    out += '\n';
  }

 private:
  const config* run_;
};

}  // namespace

std::unique_ptr<const view> make_rejected(const config& run, std::string path) {
  return std::make_unique<rejected_view>(run, std::move(path));
}

}  // namespace retort::engine
