// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A list of metric families, built family by family and sample by sample, and serialised by
// prometheus-cpp. It includes that library: for source files only.
#pragma once

#include <cstdint>
#include <prometheus/metric_family.h>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace authzd {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class MetricList {
 public:
  /// Starts a family; the next samples belong to it. A family without samples is omitted.
  void gauge(std::string name, std::string help);
  void counter(std::string name, std::string help);  // `name` ends in "_total"
  void histogram(std::string name, std::string help);

  /// Adds one sample to the last gauge or counter.
  void add(const MetricLabels& labels, double value);
  void add(const MetricLabels& labels, std::uint64_t value) {
    add(labels, static_cast<double>(value));
  }

  /// Adds one to the last histogram. `counts` has one entry more than `bounds`: for larger values.
  void add(const MetricLabels& labels,
           std::span<const double> bounds,
           std::span<const std::uint64_t> counts,
           double sum);

  [[nodiscard]] std::string text() const;

 private:
  void begin(std::string name, std::string help, prometheus::MetricType type);
  prometheus::ClientMetric& append(const MetricLabels& labels);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace authzd
