// Spark's BlockGenerator alone: the rate at which one thread adds records while blocks are cut every 200 ms, pushed by a
// separate thread, and dropped. Prints the rate of each second.
package millrace.bench;

import org.apache.spark.SparkConf;
import org.apache.spark.storage.StreamBlockId;
import org.apache.spark.streaming.receiver.BlockGenerator;
import org.apache.spark.streaming.receiver.BlockGeneratorListener;
import org.apache.spark.util.SystemClock;
import scala.collection.mutable.ArrayBuffer;

public final class BlockGeneratorPeer {
  private static final int STRINGS = 4_096;

  /** Arguments: seconds of warm-up, seconds of measurement. */
  public static void main(String[] args) {
    int warmUp = Integer.parseInt(args[0]);
    int seconds = Integer.parseInt(args[1]);
    String[] records = new String[STRINGS];
    for (int at = 0; at < STRINGS; at += 1) records[at] = String.format("%-100d", at);
    BlockGenerator generator = new BlockGenerator(new Dropping(), 0, new SparkConf(), new SystemClock());
    generator.start();
    for (int second = 0; second < warmUp + seconds; second += 1) {
      double rate = addFor(generator, records, 1_000_000_000L);
      if (second >= warmUp) System.out.println("{\"recordsPerSecond\":" + Math.round(rate) + "}");
    }
    System.exit(0);
  }

  private static double addFor(BlockGenerator generator, String[] records, long nanos) {
    long from = System.nanoTime();
    long until = from + nanos;
    long added = 0;
    while (System.nanoTime() < until) {
      for (String record : records) generator.addData(record);
      added += records.length;
    }
    return added * 1e9 / (System.nanoTime() - from);
  }

  private static final class Dropping implements BlockGeneratorListener {
    @Override
    public void onAddData(Object data, Object metadata) {}

    @Override
    public void onGenerateBlock(StreamBlockId blockId) {}

    @Override
    public void onPushBlock(StreamBlockId blockId, ArrayBuffer<?> buffer) {}

    @Override
    public void onError(String message, Throwable error) {
      throw new IllegalStateException(message, error);
    }
  }
}
