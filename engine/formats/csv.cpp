#include "engine/formats/csv.hpp"

#include "engine/training/training_members.hpp"
#include "engine/views/line_view.hpp"

namespace retort::engine {
namespace {

// RFC 4180: every field quoted, quotes doubled.
void append_field(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string metadata_text(const config& run, const sample& of) {
  std::string out;
  io::json_writer json(out);
  write_metadata(run, json, of, calls::within);
  return out;
}

class csv_view : public line_view {
 public:
  csv_view(const config& run, std::string path)
      : line_view(view_kind::exported, std::move(path)), run_(&run) {}

  void render(const sample& judged, std::string& out) const override {
    if (judged.verdict() != verdict::accepted) return;
    append_field(out, prompt_text(*run_, judged));
    out += ',';
    append_field(out, judged.completion.text);
    out += ',';
    append_field(out, metadata_text(*run_, judged));
    out += "\r\n";
  }

 private:
  std::string_view header() const override { return "prompt,completion,metadata\r\n"; }

  const config* run_;
};

}  // namespace

std::unique_ptr<const view> make_csv(const config& run, std::string path) {
  return std::make_unique<csv_view>(run, std::move(path));
}

}  // namespace retort::engine
