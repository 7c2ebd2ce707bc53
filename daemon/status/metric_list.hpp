// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A list of metric families that grows family by family and sample by sample, and is written down
// by prometheus-cpp. It brings that library along: for sources only.
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
  /// Begins a family; what is added next belongs to it. One without samples is left out.
  void gauge(std::string name, std::string help);
  void counter(std::string name, std::string help);  // `name` ends in "_total"
  void histogram(std::string name, std::string help);

  /// One sample of the gauge or counter begun last.
  void add(const MetricLabels& labels, double value);
  void add(const MetricLabels& labels, std::uint64_t value) {
    add(labels, static_cast<double>(value));
  }

  /// One of the histogram begun last. `counts` has one more than `bounds`: for what is above.
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
