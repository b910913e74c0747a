// One finished sample. Its form as a ledger line is written by line_writer, read by line_reader.
// Plain values, any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/sample/verdict.hpp"
#include "providers/body/types.hpp"

namespace retort::engine {

// Names a sample within its run.
struct sample_key {
  std::uint64_t ordinal = 0;  // the record's position in the dataset
  std::uint32_t variant = 0;  // index of the cell of the sweep
  std::uint32_t k = 0;        // which generation of the variant
  std::uint32_t step = 0;
  std::uint32_t from = 0;  // the place, in the step before, of the answer that it goes on from
};

// What came back on one request, however many attempts it took.
struct generation {
  bool is_settled = false;           // it has come to its end: not so where the run stops before
  providers::completion completion;  // meaningless when `failure` is set
  std::optional<providers::failure> failure;
  // As its line has it, where it was read from a ledger; or the failure may be the endpoint's and
  // not the sample's.
  std::optional<bool> open;

  std::string endpoint;  // the one that spoke last, where the model has several; else ""
  std::uint32_t attempts = 0;
  // Of the last attempt that got a response, from the request's last byte written, in microseconds:
  // to the response's last byte, to its first, and to the first and last token of a stream. 0:
  // none.
  std::int64_t latency_us = 0;
  std::int64_t first_byte_us = 0;
  std::int64_t first_token_us = 0;
  std::int64_t last_token_us = 0;
};

// Where the longest of a prompt's fields stands: in which message, of its content, in bytes.
struct field_place {
  std::size_t message = 0, begin = 0, size = 0;
};

// What was taken from a question that was too large for its model (on_overflow).
struct shortening {
  std::optional<std::int64_t> max_tokens = {};  // asked for in the place of those configured
  std::uint64_t cut = 0;                        // code points of the longest field
  explicit operator bool() const { return max_tokens || cut; }
};

// What a record's own row says of how it is asked, over the config's sampling (dataset.format:
// openai_batch).
struct own_sampling {
  std::string said;  // a JSON object of members of chat completions, as the row has them
  // With the variant's, as it is asked for; of a line that was read, what `said` says and no more.
  providers::sampling whole = {};
  std::optional<std::int64_t> most_output = {};  // of a request, as request_bound.hpp has it
};

struct sample : generation {
  sample_key key;
  std::uint64_t row_hash = 0;  // XXH3 of the record's text, so that a changed dataset is noticed
  std::string id;
  std::string step;                          // its name; "" where there are no steps
  std::vector<providers::message> messages;  // as they were sent
  field_place longest;                       // noted where it may have to be shortened
  shortening shortened;
  std::shared_ptr<const own_sampling> own;  // null: the variant's sampling, as most have
  std::optional<std::string> reference;
  std::string columns;  // fields of its row that outputs carry along: members of a JSON object

  std::vector<evaluation> evaluations;
  std::vector<evaluation> begun;  // by judges that are to be asked for the rest of their votes
  std::optional<reject_reason> rejected;
  std::string reject_detail;  // what a reason has to say besides its word; one short line
  // Its answer is there and an evaluation that its verdict needs is not: it counts as failed, and
  // is to be judged, not to be asked again.
  bool is_unjudged = false;
  // Others of its record (of its branch) were under way when it was written, and may come behind
  // it though enough is accepted.
  bool has_more = false;
  bool is_earlier = false;          // its answer stands, with what it used, in an earlier line
  std::uint64_t judged_by = 0;      // fingerprint of the config that judged it
  std::uint64_t rendered = 0;       // and of the one that made its id and reference; 0: not known
  std::int64_t finished_at_ms = 0;  // wall clock, Unix epoch

  engine::verdict verdict() const;
  // A failed sample whose error may pass, or may not be its own, or that is not judged yet: a
  // resumed run tries it again.
  bool is_open() const;
  // Written while it waited for its verdict: others of its record may come before that.
  bool is_awaited() const { return is_unjudged && has_more; }
};

}  // namespace retort::engine
