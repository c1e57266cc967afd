// The peer of the suite `spark`: the same workloads on Apache Spark Streaming, local[2], reading the same lines from the
// same source. Prints one line of JSON for each completed batch, like the program of Millrace.
package millrace.bench;

import java.util.Arrays;
import java.util.Comparator;
import java.io.Serializable;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.streaming.Duration;
import org.apache.spark.streaming.api.java.JavaDStream;
import org.apache.spark.streaming.api.java.JavaPairDStream;
import org.apache.spark.streaming.api.java.JavaStreamingContext;
import org.apache.spark.streaming.scheduler.BatchInfo;
import org.apache.spark.streaming.scheduler.StreamingListener;
import org.apache.spark.streaming.scheduler.StreamingListenerBatchCompleted;
import org.apache.spark.streaming.scheduler.StreamingListenerBatchStarted;
import org.apache.spark.streaming.scheduler.StreamingListenerBatchSubmitted;
import org.apache.spark.streaming.scheduler.StreamingListenerOutputOperationCompleted;
import org.apache.spark.streaming.scheduler.StreamingListenerOutputOperationStarted;
import org.apache.spark.streaming.scheduler.StreamingListenerReceiverError;
import org.apache.spark.streaming.scheduler.StreamingListenerReceiverStarted;
import org.apache.spark.streaming.scheduler.StreamingListenerReceiverStopped;
import org.apache.spark.streaming.scheduler.StreamingListenerStreamingStarted;
import scala.Tuple2;

public final class SparkPeer {
  private static final int TOP = 10;
  private static final Function2<Long, Long, Long> SUM = Long::sum;

  /** Arguments: workload, port, batch interval in ms, directory for checkpoints, `wal` or `memory`. */
  public static void main(String[] args) throws InterruptedException {
    String workload = args[0];
    int port = Integer.parseInt(args[1]);
    Duration interval = new Duration(Long.parseLong(args[2]));
    String directory = args[3];
    boolean hasLog = args[4].equals("wal");
    SparkConf conf = new SparkConf()
        .setMaster("local[2]")
        .setAppName("paper")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.local.dir", directory)
        .set("spark.streaming.receiver.writeAheadLog.enable", String.valueOf(hasLog));
    JavaStreamingContext context = new JavaStreamingContext(conf, interval);
    context.sparkContext().setLogLevel("ERROR");
    // The inverse of a window needs checkpoints, and so does the log.
    if (hasLog || workload.equals("top-k-count")) context.checkpoint(directory + "/checkpoint");
    context.addStreamingListener(new Printer());
    build(workload, context.socketTextStream("127.0.0.1", port), interval);
    context.start();
    context.awaitTermination();
  }

  private static void build(String workload, JavaDStream<String> lines, Duration interval) {
    switch (workload) {
      case "grep" -> lines.filter(line -> line.contains("word77 ")).count().foreachRDD(rdd -> {
        rdd.collect();
      });
      case "word-count" -> words(lines).reduceByKey(SUM).foreachRDD(rdd -> rdd.foreachPartition(counts -> {
        while (counts.hasNext()) counts.next();
      }));
      case "top-k-count" -> words(lines)
          .reduceByKeyAndWindow(SUM, (all, gone) -> all - gone, new Duration(30_000), interval)
          .foreachRDD(rdd -> {
            rdd.takeOrdered(TOP, new ByCount());
          });
      case "yahoo" -> lines
          .filter(line -> field(line, "event_type").equals("view"))
          .mapToPair(line -> {
            int campaign = Integer.parseInt(field(line, "ad_id").substring(3)) / 10;
            long window = Long.parseLong(field(line, "event_time")) / 10_000;
            return new Tuple2<>(campaign + "/" + window, 1L);
          })
          .reduceByKey(SUM)
          .foreachRDD(rdd -> {
            rdd.collect();
          });
      default -> throw new IllegalArgumentException(workload);
    }
  }

  private static JavaPairDStream<String, Long> words(JavaDStream<String> lines) {
    return lines
        .flatMap(line -> Arrays.asList(line.split(" ")).iterator())
        .mapToPair(word -> new Tuple2<>(word, 1L));
  }

  /** Cheaper than parsing the whole event, which favours Spark: events are flat and contain only strings. */
  private static String field(String json, String name) {
    int from = json.indexOf("\"" + name + "\":\"") + name.length() + 4;
    return json.substring(from, json.indexOf('"', from));
  }

  private static final class ByCount implements Comparator<Tuple2<String, Long>>, Serializable {
    @Override
    public int compare(Tuple2<String, Long> left, Tuple2<String, Long> right) {
      return Long.compare(right._2(), left._2());
    }
  }

  private static final class Printer implements StreamingListener {
    @Override
    public void onBatchCompleted(StreamingListenerBatchCompleted event) {
      BatchInfo batch = event.batchInfo();
      long time = batch.batchTime().milliseconds();
      long started = (Long) batch.processingStartTime().get();
      long ended = (Long) batch.processingEndTime().get();
      System.out.println("{\"batchTime\":" + time + ",\"records\":" + batch.numRecords()
          + ",\"schedulingMs\":" + (started - time) + ",\"processingMs\":" + (ended - started)
          + ",\"totalMs\":" + (ended - time) + "}");
    }

    @Override
    public void onStreamingStarted(StreamingListenerStreamingStarted event) {}

    @Override
    public void onReceiverStarted(StreamingListenerReceiverStarted event) {}

    @Override
    public void onReceiverError(StreamingListenerReceiverError event) {}

    @Override
    public void onReceiverStopped(StreamingListenerReceiverStopped event) {}

    @Override
    public void onBatchSubmitted(StreamingListenerBatchSubmitted event) {}

    @Override
    public void onBatchStarted(StreamingListenerBatchStarted event) {}

    @Override
    public void onOutputOperationStarted(StreamingListenerOutputOperationStarted event) {}

    @Override
    public void onOutputOperationCompleted(StreamingListenerOutputOperationCompleted event) {}
  }
}
