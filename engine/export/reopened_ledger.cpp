#include "engine/export/reopened_ledger.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cstdlib>

#include "engine/directory/dataset_source.hpp"
#include "engine/directory/run_directory.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/filters/succession.hpp"
#include "engine/plan/way_plan.hpp"
#include "engine/prompt/prompts.hpp"
#include "engine/prompt/record_json.hpp"
#include "engine/sample/sample_mask.hpp"
#include "engine/shard/shard_run.hpp"
#include "io/file/presence.hpp"
#include "io/ledger/ledger_reader.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {
namespace {

constexpr std::uint64_t max_named_rows = 10;
constexpr std::uint64_t lines_between_looks = 1024;  // at the interrupt, which is a system call
constexpr int most_tries = 10;                       // at a ledger that others replace

const error stopped{errc::cancelled, "stopped: the outputs are as they were"};

// Said of a line, where it is the line that is wrong, and no output.
error of_line(const std::string& path, const io::ledger_line& line, const error& why) {
  if (why.code != errc::mismatch) return why;
  return {why.code, fmt::format("{}: line {} {}", path, line.line, why.message)};
}

// A row's id and reference, as this config makes them.
class renderer {
 public:
  static result<renderer> make(const config& run) {
    auto prompt = prompts::make(run);
    if (!prompt) return prompt.error();
    return renderer(std::move(*prompt), known_keys(run, &std::getenv), !run.earlier.empty());
  }

  result<void> render(const io::row& row, sample& into) {
    if (!row.problem.empty()) return error{errc::dataset, row.problem};
    auto record = parse_record(parser_, row.text);
    if (!record) return record.error();
    into.key.ordinal = row.ordinal;
    auto made = is_behind_steps_ ? prompt_.render_without_steps(*record, into)
                                 : prompt_.render(*record, into);
    if (made) mask_keys(keys_, into);
    return made;
  }

 private:
  renderer(prompts prompt, key_mask keys, bool is_behind_steps)
      : prompt_(std::move(prompt)), keys_(std::move(keys)), is_behind_steps_(is_behind_steps) {}

  prompts prompt_;
  key_mask keys_;
  bool is_behind_steps_;
  providers::json_parser parser_;
};

}  // namespace

result<reopened_ledger> reopened_ledger::open(const config& run,
                                              std::shared_ptr<io::interrupt> stop,
                                              const std::function<void(const std::string&)>& say,
                                              early_fold* early) {
  auto assess = early ? early->assess() : nullptr;
  if (!assess) {
    auto own = assessor::make(run);
    if (!own) return own.error();
    assess = std::make_shared<const engine::assessor>(std::move(*own));
  }
  reopened_ledger made(run, std::move(assess));
  made.path_ = run_directory{run.run_dir}.ledger();
  made.stop_ = std::move(stop);
  auto locked = made.lock();
  if (made.lock_ && !made.lock_->is_locked()) say(without_locks(made.path_));
  if (locked) locked = made.take_up(say, early);
  if (!locked) return locked.error();
  return made;
}

// Its size is that of what is locked: a run that ends meanwhile writes until it lets go, and a
// merge puts another in its place.
result<void> reopened_ledger::lock() {
  for (int tries = 0; tries < most_tries; ++tries) {
    if (auto there = look_for_ledger(); !there) return there;
    auto opened = io::file::open(path_, O_RDWR);
    if (!opened) return opened.error();
    const auto locked = (*opened)->lock();
    if (!locked && locked.error().code != errc::busy) return locked.error();
    if ((*opened)->identity() != io::identity_of(path_)) continue;
    const auto size = (*opened)->size();
    if (!size) return size.error();
    bytes_ = *size;
    if (locked) lock_ = std::move(*opened);
    return {};
  }
  return error{errc::busy, path_ + " is replaced again and again; try later"};
}

result<void> reopened_ledger::look_for_ledger() const {
  const auto there = io::look_for(path_);
  if (!there) return there.error();
  if (*there && (*there)->st_size > 0) return {};
  const auto shards = shards_in(run_->run_dir);
  if (!shards) return shards.error();
  if (!shards->empty()) {
    return error{errc::usage, fmt::format("{} is made of shards that are not merged yet: `retort "
                                          "merge {}` first",
                                          path_, run_->run_dir)};
  }
  if (*there) return {};
  return error{errc::usage, path_ + " is not there; `retort run` with this config makes a ledger"};
}

// By an early fold, where that stands; else by itself.
result<ledger_state> reopened_ledger::look_through(
    const std::function<void(const std::string&)>& say, early_fold* early) const {
  if (early && is_run_at_work()) early->give_up();
  if (early && !is_run_at_work()) {
    if (!early->has_begun()) {
      early->begin({stop_, say});
      early->read(path_, bytes_, *stop_);
    }
    if (auto state = early->close(bytes_)) return std::move(*state);
  }
  auto state = scan(path_, way_plan(*run_), assess_.get(), stop_.get());
  if (!state && state.error().code == errc::cancelled) return stopped;
  return state;
}

result<void> reopened_ledger::take_up(const std::function<void(const std::string&)>& say,
                                      early_fold* early) {
  auto admitted = admit_config({run_->run_dir}, *run_);
  if (!admitted) return admitted;
  auto state = look_through(say, early);
  if (!state) return state.error();
  if (state->damaged) {
    say(
        fmt::format("{}: {} damaged lines (the first is line {}) are left out; `retort run` makes "
                    "again what stands on no other line",
                    path_, state->damaged, state->first_damaged));
  }
  is_stale_ = state->stale > 0;
  lines_ = std::move(state->lines);
  const bool has_answers = state->done.settled() > 0 || !state->claimed.empty();
  auto verified = has_answers ? verify_rows(*state, say) : result<void>();
  done_ = std::move(state->done);
  return verified;
}

// The dataset must be the ledger's. One that can be read only once is asked for no more than what
// must be rendered anew.
result<void> reopened_ledger::verify_rows(const ledger_state& state,
                                          const std::function<void(const std::string&)>& say) {
  const bool must_render =
      state.rendered_otherwise + state.rendered_somehow > 0 && !assess_->needs_no_row();
  auto reader = open_dataset(*run_, stop_);
  if (!reader) return reader.error();
  if (reader->is_read_once() && !must_render) return {};
  settled_row each;
  if (must_render) {
    auto made = rendering(say);
    if (!made) return made.error();
    each = std::move(*made);
  }
  auto verified = reader->is_read_once()
                      ? verify_in_passing(*reader, *run_, state, path_, each, stop_.get())
                      : verify_dataset(*run_, state, path_, each, stop_);
  return verified && rendered_ ? rendered_->finish() : verified;
}

result<settled_row> reopened_ledger::rendering(const std::function<void(const std::string&)>& say) {
  auto made = rendered_rows::create(run_->run_dir);
  if (!made) return made.error();
  rendered_.emplace(std::move(*made));
  auto by = renderer::make(*run_);
  if (!by) return by.error();
  const auto shared = std::make_shared<renderer>(std::move(*by));
  return settled_row(
      [this, shared, say](const io::row& row, const io::dataset_reader& from) -> result<void> {
        sample rendered;
        const auto passed = shared->render(row, rendered);
        if (passed) return rendered_->add(rendered);
        const std::string line =
            fmt::format("{}:{}: {}", from.file_name(row.file), row.line, passed.error().message);
        if (run_->dataset.on_error == on_error::fail) return error{errc::dataset, line};
        if (skipped_rows_++ < max_named_rows) say("skipped " + line);
        return rendered_->add_bad(row.ordinal);
      });
}

result<view_fold> reopened_ledger::fold(const view_list& views, view_files& files) const {
  auto made =
      view_fold::open(*run_, assess_.get(), views, files, rendered_ ? &*rendered_ : nullptr);
  if (made && is_stale_) made->judge_in_turn(succession::make(*run_));
  return made;
}

result<void> reopened_ledger::pour_into(view_fold& fold) const {
  auto reader = io::ledger_reader::open(path_);
  if (!reader) return reader.error();
  fold.expect(lines_);
  for (std::uint64_t lines = 0;; ++lines) {
    if (lines % lines_between_looks == 0 && stop_->is_raised()) return stopped;
    auto line = reader->next(bytes_);
    if (!line) return line.error();
    if (!*line) return fold.finish();
    if (auto taken = fold.take((*line)->text); !taken) return of_line(path_, **line, taken.error());
  }
}

}  // namespace retort::engine
