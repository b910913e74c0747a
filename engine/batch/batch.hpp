// Samples of a model entry with mode: batch. They do not go down the line of record.cpp one by one:
// the feeder puts them into a batch, the batch is sent whole, asked about until it has ended, and
// its answers take each sample to its verdict and into the ledger. carry_batch() is one batch's
// whole way; what the provider is asked for on it is in engine/batch/batch_calls.hpp, what is away
// in engine/batch/batch_file.hpp, so that a kill at any point costs nothing. engine/batch/batch.md
// tells it all. One thread: the engine's.
#pragma once

#include <memory>
#include <optional>
#include <roaring/roaring64map.hh>
#include <set>
#include <string>
#include <vector>

#include "engine/batch/batch_file.hpp"
#include "engine/config/config.hpp"
#include "engine/quota/token_load.hpp"
#include "engine/record/row_feed.hpp"
#include "engine/sample/sample.hpp"
#include "io/base/awaitable.hpp"
#include "providers/dialects/batch_api.hpp"

namespace retort::engine {

struct record;
struct shared_run;
struct batch_desk;

// One for each variant; null for one of a model entry without mode: batch. Stays where it is made:
// desks know it.
using batch_desks = std::vector<std::unique_ptr<batch_desk>>;

// A batch, from its draft's end until its last answer is in the ledger.
struct away_batch {
  explicit away_batch(batch_file file_) : file(std::move(file_)), answered(file.size()) {}

  batch_file file;
  std::vector<bool> answered;
  std::vector<token_load> worst;   // what the budget holds for each request; empty without one
  std::vector<std::size_t> again;  // requests to be sent in another batch
  std::optional<providers::failure> stops;  // the run, once the other answers are in the ledger
  bool may_exist = false;  // it may have been created without our having heard of it
  std::string uploaded;    // the id of its requests at the provider, once they are there
  bool cancelled = false;
  std::size_t left_undone = 0;  // requests that its canceller did not want answered
  std::vector<sample> refused;  // for good, if the batch has answered others
  bool has_answers = false;
};

// Where the samples of one variant become batches.
struct batch_desk {
  batch_desk(batch_desks* all_, std::uint32_t variant_, const providers::batch_api* api_,
             std::string directory_, std::uint64_t most_under_way_)
      : all(all_),
        variant(variant_),
        api(api_),
        directory(std::move(directory_)),
        most_under_way(most_under_way_) {}

  batch_desks* all;  // this one and those beside it: they share the budget
  std::uint32_t variant;
  const providers::batch_api* api;
  std::string directory;
  std::uint64_t most_under_way;  // batches
  Roaring64Map away;             // what is in a batch file, by ordinal * n + k
  std::optional<batch_draft> draft;
  std::vector<token_load> draft_worst;
  std::set<std::string> ids;    // of the batches under way
  std::uint64_t under_way = 0;  // batches
  std::uint64_t requests = 0;   // in them
  bool fed = false;             // no further row comes from the dataset
  bool uploading = false;       // one at a time: an upload is held in memory
  io::waiting_room turn;        // to upload
};

// Those of a run, into `desks`.
void make_desks(const config& run, batch_desks& desks);

// Takes up what earlier processes left away. errc::mismatch when it belongs to a model entry that
// has no mode: batch (any more). `stop`, raised, ends it with errc::cancelled.
result<void> resume_batches(shared_run& run, const batch_desks& desks, std::vector<batch_file> away,
                            const io::interrupt* stop = nullptr);

// Puts a record's k-th sample into the batch that is being filled; waits while as many are under
// way as may be, or while the budget has no room. One that is away already stays there.
io::awaitable<> put_in_batch(shared_run* run, batch_desk* desk, record* of, std::uint32_t k);

// What was collected goes out although there is room for more, where that is worth a batch: what
// it holds of the budget comes back no other way.
void send_drafts(shared_run& run, const batch_desks& desks);
// The dataset has ended: what was collected goes out.
void close_desks(shared_run& run, const batch_desks& desks);

// Every request of a batch, as it is sent.
result<std::string> requests_of(shared_run& run, const batch_desk& desk, const batch_file& file);

// One batch, from its file to its last answer in the ledger.
io::awaitable<> carry_batch(shared_run* run, batch_desk* desk, std::shared_ptr<away_batch> batch);

}  // namespace retort::engine
