#include "engine/row_feed.hpp"

#include <fmt/format.h>
#include <simdjson.h>

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
  std::optional<error> failure;
  bool last = false;
};

row_feed::row_feed(io::executor engine, io::dataset_reader reader, feed_options options)
    : engine_(engine), reader_(std::move(reader)), options_(std::move(options)) {
  thread_ = std::thread([this] { read(); });
}

row_feed::~row_feed() {
  stop();
  thread_.join();
}

void row_feed::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  room_.notify_all();
  waiting_.call_all();
}

std::optional<std::uint64_t> row_feed::total() const {
  const std::int64_t total = total_.load(std::memory_order_relaxed);
  return total < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(total));
}

std::string row_feed::where(const fed_row& row) const {
  return fmt::format("{}:{}", reader_.file_name(row.file), row.line);
}

// The reader's thread.
void row_feed::read() {
  for (bool more = true; more;) {
    auto batch = std::make_shared<row_batch>();
    more = fill(*batch);
    if (!deliver(std::move(batch))) return;
  }
}

// Returns false when this is the last batch.
bool row_feed::fill(row_batch& batch) {
  while (batch.rows.size() < batch_rows && batch.bytes.size() < batch_bytes && !stopped_) {
    // A slow source is passed on row by row, a fast one in batches.
    if (!batch.rows.empty() && hungry_) break;
    auto got = read_row();
    if (!got) batch.failure = got.error();
    batch.last = !got || !*got;
    if (batch.last) break;
    keep_unsettled(**got, batch);
  }
  batch.bytes.append(simdjson::SIMDJSON_PADDING, '\0');
  if (batch.last && !batch.failure) total_ = static_cast<std::int64_t>(rows_read_);
  return !batch.last;
}

// Nothing at the end or at the limit, where no further row is waited for.
result<std::optional<io::row>> row_feed::read_row() {
  if (options_.limit && rows_read_ >= *options_.limit) return std::optional<io::row>();
  auto got = reader_.next();
  if (got && *got) ++rows_read_;
  return got;
}

void row_feed::keep_unsettled(io::row& row, row_batch& batch) {
  if (options_.is_settled && options_.is_settled(row.ordinal)) {
    skipped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  batch.texts.push_back({batch.bytes.size(), row.text.size()});
  batch.bytes += row.text;
  batch.rows.push_back({row.ordinal, row.file, row.line, {}, std::move(row.problem), nullptr});
}

bool row_feed::deliver(std::shared_ptr<row_batch> batch) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return queue_.size() < queued_batches || stopped_; });
  if (stopped_) return false;
  queue_.push_back(std::move(batch));
  if (hungry_.exchange(false)) boost::asio::post(engine_, [this] { waiting_.call_all(); });
  return true;
}

// The engine's side: makes the next batch current; false when there is none yet.
bool row_feed::take_batch() {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) {
    hungry_ = true;
    return false;
  }
  current_ = std::move(queue_.front());
  queue_.pop_front();
  position_ = 0;
  room_.notify_one();
  return true;
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

io::awaitable<result<std::optional<fed_row>>> next_row(row_feed* feed) {
  for (;;) {
    if (feed->stopped_) co_return std::optional<fed_row>();
    if (feed->current_ && feed->position_ < feed->current_->rows.size()) {
      co_return std::optional<fed_row>(feed->take_row());
    }
    if (feed->current_ && feed->current_->failure) co_return *feed->current_->failure;
    if (feed->current_ && feed->current_->last) co_return std::optional<fed_row>();
    const bool taken = feed->take_batch();
    if (!taken) co_await io::wait_in(&feed->waiting_);
  }
}

}  // namespace retort::engine
