#include "engine/formats/prompt_completion.hpp"

#include "engine/training/training_members.hpp"
#include "engine/views/line_view.hpp"

namespace retort::engine {
namespace {

class prompt_completion : public line_view {
 public:
  prompt_completion(const config& run, std::string path)
      : line_view(view_kind::exported, std::move(path)), run_(&run) {}

  void render(const sample& judged, std::string& out) const override {
    if (judged.verdict() != verdict::accepted) return;
    io::json_writer json(out);
    json.open_object();
    write_training_members(*run_, json, judged);
    json.close_object();
    out += '\n';
  }

 private:
  const config* run_;
};

}  // namespace

std::unique_ptr<const view> make_prompt_completion(const config& run, std::string path) {
  return std::make_unique<prompt_completion>(run, std::move(path));
}

}  // namespace retort::engine
