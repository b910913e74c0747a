#include "engine/outputs/record_output.hpp"

#include <array>

#include "engine/outputs/line_writer.hpp"
#include "engine/plan/way_plan.hpp"
#include "engine/views/held_samples.hpp"

namespace retort::engine {
namespace {

// No JSON text has a byte of this value.
constexpr char between = '\0';

std::array<std::string_view, 4> parts_of(std::string_view rendered) {
  std::array<std::string_view, 4> out;
  for (std::string_view& one : out) {
    one = rendered.substr(0, rendered.find(between));
    rendered.remove_prefix(std::min(rendered.size(), one.size() + 1));
  }
  return out;
}

std::vector<record_half> halves_of(const std::vector<held_sample>& held) {
  std::vector<record_half> out;
  for (const held_sample& one : held) {
    const auto [prompt, answer, words, closing] = parts_of(one.texts);
    out.push_back({one.change.rejected, one.change.score, one.change.is_right, prompt, answer,
                   words, closing});
  }
  return out;
}

}  // namespace

class record_output::writer : public view_writer {
 public:
  writer(const record_output* of, line_sink to)
      : of_(of),
        to_(std::move(to)),
        held_(of->run().run_dir, std::size_t{64} << 20,
              way_plan(of->run()).layout().branches(of->step())) {}

  result<void> take(const view_change& change, std::string_view rendered) override {
    const std::size_t lengths[] = {rendered.size()};
    return held_.hold(change, lengths, rendered);
  }
  result<void> settle(const sample_key& last) override {
    return last.step == of_->step() ? write(held_.group_of(last)) : result<void>();
  }
  result<void> finish() override {
    while (const auto first = held_.first_record()) {
      if (auto written = write(*first); !written) return written;
    }
    return to_.finish();
  }
  std::uint64_t rows() const override { return to_.rows(); }

 private:
  result<void> write(std::uint64_t group) {
    const auto held = held_.take(group);
    if (!held) return held.error();
    if (held->empty()) return {};
    for (const std::string& members : of_->how_->write(halves_of(*held), of_->output())) {
      std::string line, object = "{" + members + "}";
      if (!of_->is_table()) line = object;
      if (!of_->end_line(object, line)) {
        return error{errc::bug, of_->path() + ": a record cannot be a row of a table"};
      }
      if (auto put = to_.add(held->front().change.key, line); !put) return put;
    }
    return {};
  }

  const record_output* of_;
  line_sink to_;
  held_samples held_;
};

bool record_output::is_wanted(const sample& judged) const {
  if (judged.verdict() == verdict::failed || !is_of(judged)) return false;
  return !judged.rejected || how_->takes(*judged.rejected);
}

std::string_view record_output::render(const sample& judged, std::string& out) const {
  if (!is_wanted(judged)) return {};
  if (has_no_place_for_calls_of(judged)) {
    return judged.rejected ? broken_rule() : "no tools are offered, and it calls one";
  }
  kept_half half;
  const auto broken = how_->keep(as_example(judged), half);
  if (!broken.empty()) return judged.rejected ? broken_rule() : broken;
  {
    io::json_writer json(half.closing);
    json.open_object();
    write_closing(judged, json);
    json.close_object();
  }
  const auto closing = std::string_view(half.closing).substr(1, half.closing.size() - 2);
  out.append(half.prompt) += between;
  out.append(half.answer) += between;
  out.append(half.words) += between;
  if (!closing.empty()) out.append(",").append(closing);
  return {};
}

result<std::unique_ptr<view_writer>> record_output::begin(view_files& files) const {
  line_file file(this, &files, form());
  if (auto begun = file.begin(); !begun) return begun.error();
  return std::make_unique<writer>(this, line_sink(run(), output(), std::move(file)));
}

}  // namespace retort::engine
