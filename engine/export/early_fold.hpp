// A ledger folded while it is looked through for the first time, before anybody knows whether that
// fold may stand: it may where each line was judged as this config judges, and nothing goes wrong.
// Else it is given up, in silence, and who wanted it looks and folds one after the other, and says
// what is wrong. So a ledger is read once in most cases, and none of its outputs is in its place
// before the dataset is known to be its own. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/config/config.hpp"
#include "engine/directory/output_files.hpp"
#include "engine/directory/resume.hpp"
#include "engine/evaluate/assessor.hpp"
#include "engine/export/output_fold.hpp"
#include "engine/plan/way_plan.hpp"
#include "io/ledger/ledger_reader.hpp"

namespace retort::engine {

class early_fold {
 public:
  // `run` outlives it.
  explicit early_fold(const config& run);
  early_fold(const early_fold&) = delete;
  early_fold& operator=(const early_fold&) = delete;

  // To be called first, with the ledger locked or not there yet. Afterwards it stands, or is given
  // up.
  void begin(output_options options);
  bool has_begun() const { return has_begun_; }
  bool is_under_way() const { return into_ != nullptr; }
  void give_up() { into_.reset(); }

  // The ledger's next line. Nothing happens once it is given up.
  void take(const io::ledger_line& line);
  // All lines of a ledger that end within its first `bytes`.
  void read(const std::string& path, std::uint64_t bytes, const io::interrupt& stop);

  // All was taken of a ledger of so many bytes: what a scan of it comes to, where the fold stands.
  std::optional<ledger_state> close(std::uint64_t bytes);
  // Where it stands then; it is to be finished.
  std::unique_ptr<output_fold> outputs() { return std::move(into_); }

  // Null where the config's cannot be made.
  std::shared_ptr<const assessor> assess() const { return assess_; }

 private:
  bool take_all(const std::string& path, std::uint64_t bytes, const io::interrupt& stop);

  const config* run_;
  std::shared_ptr<const assessor> assess_;
  way_plan plan_;
  ledger_survey survey_;
  bool has_begun_ = false;
  std::uint64_t end_ = 0;  // of what was taken, in the ledger
  std::uint64_t damaged_ = 0, first_damaged_ = 0;
  std::unique_ptr<output_fold> into_;
};

}  // namespace retort::engine
