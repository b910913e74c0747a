#include "io/file/packer.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <string>

#include "io/file/file_ending.hpp"

namespace retort::io {
namespace {

constexpr std::size_t block_bytes = std::size_t{64} << 10;

error no_memory() { return {errc::disk, "not enough memory to compress"}; }

class gzip_packer : public packer {
 public:
  ~gzip_packer() override { deflateEnd(&zip_); }
  bool begin() {
    constexpr int gzip_wrapper = 16 + MAX_WBITS;
    return deflateInit2(&zip_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_wrapper, 8,
                        Z_DEFAULT_STRATEGY) == Z_OK;
  }

  result<void> append(std::string_view bytes, sink& out) override {
    while (!bytes.empty()) {
      const std::size_t most = std::numeric_limits<uInt>::max();
      const auto part = bytes.substr(0, most);
      bytes.remove_prefix(part.size());
      if (auto put = pack(part, Z_NO_FLUSH, out); !put) return put;
    }
    return {};
  }
  result<void> end(sink& out) override { return pack("", Z_FINISH, out); }

 private:
  result<void> pack(std::string_view bytes, int how, sink& out) {
    zip_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    zip_.avail_in = static_cast<uInt>(bytes.size());
    do {
      zip_.next_out = reinterpret_cast<Bytef*>(block_.data());
      zip_.avail_out = static_cast<uInt>(block_.size());
      if (deflate(&zip_, how) == Z_STREAM_ERROR) return no_memory();
      const std::size_t made = block_.size() - zip_.avail_out;
      if (auto put = out.append({block_.data(), made}); !put) return put;
    } while (zip_.avail_out == 0);
    return {};
  }

  z_stream zip_{};
  std::string block_ = std::string(block_bytes, '\0');
};

class zstd_packer : public packer {
 public:
  bool begin() { return context_ != nullptr; }

  result<void> append(std::string_view bytes, sink& out) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (in.pos < in.size) {
      if (const auto left = pack(in, ZSTD_e_continue, out); !left) return left.error();
    }
    return {};
  }
  result<void> end(sink& out) override {
    ZSTD_inBuffer in{"", 0, 0};
    for (;;) {
      const auto left = pack(in, ZSTD_e_end, out);
      if (!left) return left.error();
      if (*left == 0) return {};
    }
  }

 private:
  // How much is still to come out.
  result<std::size_t> pack(ZSTD_inBuffer& in, ZSTD_EndDirective how, sink& out) {
    ZSTD_outBuffer made{block_.data(), block_.size(), 0};
    const std::size_t left = ZSTD_compressStream2(context_.get(), &made, &in, how);
    if (ZSTD_isError(left)) return error{errc::disk, ZSTD_getErrorName(left)};
    if (auto put = out.append({block_.data(), made.pos}); !put) return put.error();
    return left;
  }

  struct free_context {
    void operator()(ZSTD_CCtx* one) const { ZSTD_freeCCtx(one); }
  };
  std::unique_ptr<ZSTD_CCtx, free_context> context_{ZSTD_createCCtx()};
  std::string block_ = std::string(block_bytes, '\0');
};

template <class T>
result<std::unique_ptr<packer>> begun() {
  auto made = std::make_unique<T>();
  if (!made->begin()) return no_memory();
  return std::unique_ptr<packer>(std::move(made));
}

}  // namespace

packing packing_of(std::string_view path) {
  if (has_ending(path, ".gz")) return packing::gzip;
  return has_ending(path, ".zst") ? packing::zstd : packing::none;
}

result<std::unique_ptr<packer>> make_packer(packing how) {
  if (how == packing::gzip) return begun<gzip_packer>();
  if (how == packing::zstd) return begun<zstd_packer>();
  return std::unique_ptr<packer>();
}

}  // namespace retort::io
