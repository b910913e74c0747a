#include "engine/record/row_feed.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>

#include "engine/directory/resume.hpp"
#include "io/base/unexpected.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t batch_rows = 256;
constexpr std::size_t batch_bytes = 256 << 10;
constexpr std::size_t queued_batches = 4;

}  // namespace

// Rows with their texts in one buffer, so that a batch costs a handful of allocations.
struct row_batch {
  struct span {
    std::size_t offset = 0, size = 0;
  };
  std::string bytes;
  std::vector<fed_row> rows;  // `text` and `batch` are filled in when a row is handed out
  std::vector<span> texts;

  bool is_full() const { return rows.size() >= batch_rows || bytes.size() >= batch_bytes; }
};

row_feed::row_feed(io::executor engine, io::dataset_reader reader, feed_options options)
    : engine_(engine), reader_(std::move(reader)), options_(std::move(options)) {
  is_read_once_ = reader_.is_read_once();
  if (options_.beginning_of) {
    window_ = std::make_unique<row_window>(options_.windows.first);
    sorter_ = std::thread([this] { sort(); });
  }
  thread_ = std::thread([this] { read(); });
}

row_feed::~row_feed() {
  stop();
  thread_.join();
  if (sorter_.joinable()) sorter_.join();
}

void row_feed::stop() {
  {
    const io::lock held(mutex_);
    stopped_ = true;
  }
  reader_.stop();
  room_.notify_all();
  turn_.notify_all();
  waiting_.call_all();
}

std::optional<std::uint64_t> row_feed::total() const {
  const std::int64_t total = total_.load(std::memory_order_relaxed);
  return total < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(total));
}

std::optional<std::uint64_t> row_feed::fingerprint() const {
  if (!total() || options_.rows_before > 0) return std::nullopt;
  return fingerprint_.load(std::memory_order_relaxed);
}

std::optional<std::uint64_t> row_feed::total_about() const {
  const auto exact = total();
  if (exact) return exact;
  const double share = reader_.share_read().value_or(0);
  const auto rows = static_cast<double>(rows_read_.load(std::memory_order_relaxed));
  if (share <= 0 || rows == 0) return own_of(options_.limit);
  const auto about = static_cast<std::uint64_t>(std::llround(rows / share));
  return own_of(options_.limit ? std::min(about, *options_.limit) : about);
}

std::optional<std::uint64_t> row_feed::own_of(std::optional<std::uint64_t> rows) const {
  return rows ? std::optional(options_.part.of_first(*rows)) : rows;
}

std::string row_feed::where(const fed_row& row) const {
  return fmt::format("{}:{}", reader_.file_name(row.file), row.line);
}

// The reader's thread.
void row_feed::read() {
  try {
    read_rows();
  } catch (...) {
    end(io::explain(std::current_exception()));
  }
}

void row_feed::read_rows() {
  while (!is_at_limit(rows_read_.load())) {
    auto got = reader_.next();
    if (!got) return end(got.error());
    if (!*got || is_at_limit((*got)->ordinal)) break;
    rows_read_ = (*got)->ordinal + 1;
    fingerprint_ += hash_row((*got)->text) * (2 * (*got)->ordinal + 1);
    if (!pass_on(**got)) return;
  }
  const auto rows = std::max(rows_read_.load(), options_.rows_before);
  const auto all = is_at_limit(rows) ? *options_.limit : rows;
  total_ = static_cast<std::int64_t>(options_.part.of_first(all));
  end({});
}

bool row_feed::is_at_limit(std::uint64_t rows) const {
  return options_.limit && rows >= *options_.limit;
}

// False when the engine wants no more.
bool row_feed::pass_on(const io::row& row) {
  if (options_.is_settled && options_.is_settled(row.ordinal)) {
    skipped_.fetch_add(1, std::memory_order_relaxed);
    return !stopped_;
  }
  return options_.beginning_of ? put_in_window(row) : queue(row);
}

bool row_feed::queue(const io::row& row) {
  io::lock held(mutex_);
  while (!has_room() && !stopped_) held.wait(room_);
  if (stopped_) return false;
  put(row);
  wake_engine();
  return true;
}

bool row_feed::put_in_window(const io::row& row) {
  const std::string beginning = options_.beginning_of(row);
  io::lock held(mutex_);
  while (window_->is_full() && !stopped_) held.wait(turn_);
  if (stopped_) return false;
  window_->add(row, beginning);
  if (is_window_due()) turn_.notify_all();
  return true;
}

bool row_feed::is_window_due() const {
  if (window_->is_empty()) return all_read_;
  return window_->is_full() || all_read_ || (is_read_once_ && hungry_);
}

// The sorter's thread.
void row_feed::sort() {
  try {
    sort_windows();
  } catch (...) {
    end_queue(io::explain(std::current_exception()));
  }
}

void row_feed::sort_windows() {
  while (const auto rows = take_window()) {
    for (const io::row* one : rows->in_order()) {
      if (!queue(*one)) return;
    }
  }
}

// Nothing when the rows are over, or the engine wants no more.
std::unique_ptr<row_window> row_feed::take_window() {
  io::lock held(mutex_);
  while (!is_window_due() && !stopped_) held.wait(turn_);
  if (stopped_) return nullptr;
  if (window_->is_empty()) {
    ended_ = true;
    wake_engine();
    return nullptr;
  }
  const std::size_t next = options_.windows.behind(window_->most_bytes());
  auto taken = std::exchange(window_, std::make_unique<row_window>(next));
  turn_.notify_all();
  return taken;
}

bool row_feed::has_room() const {
  return queue_.size() < queued_batches || !queue_.back()->is_full();
}

void row_feed::put(const io::row& row) {
  if (queue_.empty() || queue_.back()->is_full()) queue_.push_back(std::make_shared<row_batch>());
  row_batch& batch = *queue_.back();
  // With what take_batch() appends, so that the engine need not copy it all.
  batch.bytes.reserve(batch.bytes.size() + row.text.size() + simdjson::SIMDJSON_PADDING);
  batch.texts.push_back({batch.bytes.size(), row.text.size()});
  batch.bytes += row.text;
  batch.rows.push_back({row.ordinal, row.file, row.line, {}, row.problem, nullptr});
}

// What is in the window still comes before the end.
void row_feed::end(std::optional<error> failure) {
  if (!sorter_.joinable()) return end_queue(std::move(failure));
  const io::lock held(mutex_);
  all_read_ = true;
  if (failure) failure_ = std::move(failure);
  turn_.notify_all();
}

void row_feed::end_queue(std::optional<error> failure) {
  const io::lock held(mutex_);
  ended_ = true;
  if (failure) failure_ = std::move(failure);
  wake_engine();
}

void row_feed::wake_engine() {
  if (!std::exchange(hungry_, false)) return;
  boost::asio::post(engine_, [this] { waiting_.call_all(); });
}

// The engine's side: makes the next batch current, full or not.
row_feed::supply row_feed::take_batch() {
  const io::lock held(mutex_);
  if (queue_.empty()) {
    hungry_ = !ended_;
    if (hungry_) turn_.notify_all();
    return ended_ ? supply::over : supply::none_yet;
  }
  current_ = std::move(queue_.front());
  current_->bytes.append(simdjson::SIMDJSON_PADDING, '\0');
  queue_.pop_front();
  position_ = 0;
  room_.notify_one();
  return supply::batch;
}

// Why there is no further row: an error, or nothing.
result<std::optional<fed_row>> row_feed::ending() {
  const io::lock held(mutex_);
  if (failure_) return *failure_;
  return std::optional<fed_row>();
}

// The next row of the current batch.
fed_row row_feed::take_row() {
  fed_row row = std::move(current_->rows[position_]);
  const auto [offset, size] = current_->texts[position_];
  row.text = std::string_view(current_->bytes).substr(offset, size);
  row.batch = current_;
  ++position_;
  return row;
}

std::optional<fed_row> row_feed::row_at_hand() {
  if (stopped_ || !current_ || position_ == current_->rows.size()) return std::nullopt;
  return take_row();
}

io::awaitable<result<std::optional<fed_row>>> next_row(row_feed* feed) {
  for (;;) {
    if (feed->stopped_) co_return std::optional<fed_row>();
    auto ready = feed->row_at_hand();
    if (ready) co_return ready;
    const auto got = feed->take_batch();
    if (got == row_feed::supply::over) co_return feed->ending();
    if (got == row_feed::supply::none_yet) co_await io::wait_in(&feed->waiting_);
  }
}

}  // namespace retort::engine
