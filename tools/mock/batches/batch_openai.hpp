// OpenAI's batch API as a server speaks it: platform.openai.com/docs/api-reference/batch. Time
// comes as an argument. One thread.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <vector>

#include "tools/mock/batches/batch.hpp"
#include "tools/mock/batches/batch_files.hpp"
#include "tools/mock/batches/batch_input.hpp"
#include "tools/mock/batches/batch_route.hpp"
#include "tools/mock/dialects/request.hpp"

namespace retort::mock {

class openai_batches {
 public:
  // The maker must outlive it.
  explicit openai_batches(batch_maker& maker) : maker_(&maker), files_(maker.counted()) {}

  batch_reply serve(const request& asked, const batch_route& route, batch_time now);
  // Writes the files of the batches that have ended by now.
  void advance(batch_time now);

 private:
  struct entry {
    batch work;
    std::string endpoint, input_file, metadata;  // metadata: JSON
    std::vector<input_problem> problems;         // any: it fails
    std::string output_file, error_file;         // "": none
  };
  struct wish;

  batch_reply create(const request& asked, batch_time now);
  batch_reply create(const wish& wanted, batch_time now);
  batch_reply list(const request& asked, batch_time now) const;
  batch_reply cancel(entry& what, batch_time now) const;
  void write_files(entry& ended);
  std::string describe(const entry& what, batch_time now) const;

  batch_maker* maker_;
  batch_files files_;
  std::vector<entry> batches_;  // oldest first
  simdjson::dom::parser parser_;
};

}  // namespace retort::mock
