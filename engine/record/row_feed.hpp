// Carries the dataset's rows from a reader thread to the engine's thread in batches, through a
// bounded queue: a full queue stops the reader, whatever the dataset's size. A batch that is not
// full is handed over too when the engine waits, so a row of a slow source is not kept until the
// next one comes. Rows whose samples are all settled are skipped on the reader's side.
//
// With `beginning_of` rows go through windows (row_window.hpp) before they are queued: the reader
// fills one while a thread of its own hands out the one before. A window goes when it is full, so
// the same rows come in the same order; of what can be read only once also when the engine waits.
//
// next() on the engine's thread; stop() and the destructor there as well.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/record/row_window.hpp"
#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"
#include "io/base/mutex.hpp"
#include "io/dataset/dataset.hpp"

namespace retort::engine {

struct row_batch;

// A row together with the batch that keeps its text alive.
struct fed_row {
  std::uint64_t ordinal = 0;
  std::uint32_t file = 0;
  std::uint64_t line = 0;
  std::string_view text;  // simdjson-padded
  std::string problem;
  std::shared_ptr<const row_batch> batch;
};

struct feed_options {
  std::optional<std::uint64_t> limit;                     // rows read at most
  std::function<bool(std::uint64_t ordinal)> is_settled;  // called on the reader's thread
  // So many rows were read before; the reader gives back those of them that are not settled.
  std::uint64_t rows_before = 0;
  io::row_part part = {};  // the reader's
  // How the row's prompt begins, by which rows are ordered within a window; empty: they come in the
  // dataset's order. Called on the reader's thread.
  std::function<std::string(const io::row& row)> beginning_of = {};
  window_sizes windows = {};
};

class row_feed {
 public:
  row_feed(io::executor engine, io::dataset_reader reader, feed_options options);
  ~row_feed();

  // Rows of the dataset that are the reader's, known once its end was reached.
  std::optional<std::uint64_t> total() const;
  // Of all of them, then (engine/directory/run_facts.hpp). Nothing where some were read before.
  std::optional<std::uint64_t> fingerprint() const;
  // The same before that: by the share of the bytes that the rows so far are, and no more than the
  // limit. Nothing where neither tells.
  std::optional<std::uint64_t> total_about() const;
  std::uint64_t skipped() const { return skipped_.load(std::memory_order_relaxed); }
  std::string where(const fed_row& row) const;  // "file:line"

  // The next row, if it is here already: most are, and those need no coroutine.
  std::optional<fed_row> row_at_hand();

  // next() waits for the reader.
  bool is_behind() const { return !waiting_.empty(); }

  // Wakes a waiting next() with the end, and a reader that waits for bytes.
  void stop();

 private:
  friend io::awaitable<result<std::optional<fed_row>>> next_row(row_feed* feed);

  enum class supply { batch, none_yet, over };

  io::mutex mutex_;

  void read();
  void read_rows();
  void sort();
  void sort_windows();
  bool is_at_limit(std::uint64_t rows) const;
  std::optional<std::uint64_t> own_of(std::optional<std::uint64_t> rows) const;
  bool pass_on(const io::row& row);
  bool queue(const io::row& row);
  bool put_in_window(const io::row& row);
  bool is_window_due() const RETORT_REQUIRES(mutex_);
  std::unique_ptr<row_window> take_window();
  void put(const io::row& row) RETORT_REQUIRES(mutex_);
  void end(std::optional<error> failure);
  void end_queue(std::optional<error> failure);
  void wake_engine() RETORT_REQUIRES(mutex_);
  bool has_room() const RETORT_REQUIRES(mutex_);
  supply take_batch();
  result<std::optional<fed_row>> ending();
  fed_row take_row();

  io::executor engine_;
  io::dataset_reader reader_;
  feed_options options_;

  std::condition_variable room_;
  // The last one grows until it is full.
  std::deque<std::shared_ptr<row_batch>> queue_ RETORT_GUARDED_BY(mutex_);
  bool hungry_ RETORT_GUARDED_BY(mutex_) = false;           // the engine waits
  bool ended_ RETORT_GUARDED_BY(mutex_) = false;            // nothing comes behind the queue
  std::optional<error> failure_ RETORT_GUARDED_BY(mutex_);  // why it ended

  // Where rows are ordered: the window that is filled, and who waits for its turn with it.
  std::condition_variable turn_;
  std::unique_ptr<row_window> window_ RETORT_GUARDED_BY(mutex_);
  bool all_read_ RETORT_GUARDED_BY(mutex_) = false;  // nothing comes behind the window
  bool is_read_once_ = false;

  std::atomic<bool> stopped_ = false;
  std::atomic<std::uint64_t> skipped_ = 0;
  std::atomic<std::int64_t> total_ = -1;
  std::atomic<std::uint64_t> fingerprint_ = 0;  // of the rows read; written by the reader
  std::atomic<std::uint64_t> rows_read_ = 0;    // written by the reader

  // The engine's side.
  std::shared_ptr<row_batch> current_;
  std::size_t position_ = 0;
  io::waiting_room waiting_;

  std::thread thread_, sorter_;
};

// The next row, or nothing at the end or after stop().
io::awaitable<result<std::optional<fed_row>>> next_row(row_feed* feed);

}  // namespace retort::engine
